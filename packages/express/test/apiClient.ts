import { type CreateHelpdeskOptions, createHelpdesk, type Helpdesk, type Role } from "@deskwright/core";
import express, { type Express, type Request } from "express";
import { onTestFinished } from "vitest";
import { type HelpdeskOptions, helpdesk } from "../src/index.ts";
import { serving } from "./loginServer.ts";

/** An answer as a client sees it. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came.
  readonly json: any;
}

export interface Asked {
  /** `role:externalId`, or with a third part the tenant; nobody by default. */
  readonly as?: string;
  /** A form and a text are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export type Ask = (method: string, path: string, asked?: Asked) => Promise<Answered>;

/** The host's own login: who is asking stands in a header. */
export const actor: HelpdeskOptions["actor"] = (req: Request) => {
  const [role = "", externalId = "", tenant] = (req.get("x-as") ?? "").split(":");
  if (role === "") return null;
  return { role: role as Role, user: { externalId }, ...(tenant !== undefined && { tenant }) };
};

/** Asks a server; a JSON body is parsed. */
const asking =
  (url: string): Ask =>
  async (method, path, { as, body, headers, signal } = {}) => {
    const isSent = body instanceof FormData || typeof body === "string" || body === undefined;
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(as !== undefined && { "x-as": as }),
        ...(!isSent && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: isSent ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
    return { status: response.status, headers: response.headers, text, json: isJson && text ? JSON.parse(text) : null };
  };

/** Serves an app until the test is over. */
export const askingApp = async (app: Express): Promise<Ask> => asking(await serving(app));

/** A helpdesk until the test is over. */
export const newDesk = async (options: CreateHelpdeskOptions = {}): Promise<Helpdesk> => {
  const desk = await createHelpdesk({ run: { workers: 0 }, ...options });
  onTestFinished(() => desk.close());
  return desk;
};

interface Setup extends Partial<HelpdeskOptions> {
  readonly desk?: CreateHelpdeskOptions;
}

/** A helpdesk of its own, mounted at `/support`, with a ticket of Ada's. */
export const newApi = async ({ desk: deskOptions = {}, ...options }: Setup = {}) => {
  const desk = await newDesk(deskOptions);
  const url = `${await serving(express().use("/support", helpdesk(desk, { actor, ...options })))}/support`;
  const ask = asking(url);
  const ticket = async (as = "customer:ada", body: object = {}) =>
    (await ask("POST", "/tickets", { as, body: { subject: "Printer on fire", text: "Help", ...body } })).json;
  return { desk, url, ask, ticket };
};
