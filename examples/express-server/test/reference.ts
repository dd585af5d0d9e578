import { type RunningExample, startExample } from "../../../scripts/startExample.ts";

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a body is what came over the wire; the tests say what it must be.
  readonly body: any;
}

/** Sends a request to the API; rejects where no whole answer came. */
export const send = async (
  url: string,
  { method = "GET", token, key, body }: { method?: string; token?: string; key?: string; body?: unknown } = {},
): Promise<Answer> => {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(key && { "Idempotency-Key": key }),
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
};

/** A request as a printed `curl` line describes it. */
const requestOf = (line: string) => {
  const [, ...words] = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  const headers: Record<string, string> = {};
  let [method, url, body]: [string | undefined, string, string | undefined] = [undefined, "", undefined];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const next = words[at + 1] ?? "";
    if (word === "-X") method = next;
    else if (word === "-d") body = next;
    else if (word === "-H") headers[next.slice(0, next.indexOf(":"))] = next.slice(next.indexOf(":") + 1).trim();
    else {
      url = word;
      continue;
    }
    at++;
  }
  return { url, init: { method: method ?? (body === undefined ? "GET" : "POST"), headers, ...(body && { body }) } };
};

/** The reference server with the requests and tokens that it printed. */
export const startReference = async (settings: Readonly<Record<string, string>>) => {
  const server: RunningExample = await startExample("express-server", { MAIL_PORT: "0", ...settings });
  const requests = (server.output().match(/^curl .+$/gm) ?? []).map(requestOf);
  const [customer, admin] = requests.map(({ init }) => init.headers["Authorization"]?.replace("Bearer ", "") ?? "");
  return { ...server, requests, customer: customer ?? "", admin: admin ?? "" };
};
export type Reference = Awaited<ReturnType<typeof startReference>>;
