import { createHash } from "node:crypto";
import { allHeaders } from "./parse/headers.ts";
import type { Mail } from "./parse/Mail.ts";

/** What no server on the way adds or changes. */
const stable = ["message-id", "from", "date", "subject"];

/** Where the body begins in the bytes of a mail: copies of it differ in what stands above. */
const bodyOf = (raw: Uint8Array): Buffer => {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const ends = [bytes.indexOf("\r\n\r\n"), bytes.indexOf("\n\n")].filter((at) => at >= 0);
  return ends.length === 0 ? bytes : bytes.subarray(Math.min(...ends));
};

/** The same for every copy of a mail, and for no other one. */
export const fingerprintOf = (raw: Uint8Array, { headers }: Mail): string => {
  const hash = createHash("sha256");
  for (const name of stable) hash.update(`${name}:${allHeaders(headers, name).join(",").replace(/\s+/g, " ")}\n`);
  // Line ends and what stands at the end change from server to server.
  hash.update(bodyOf(raw).toString("latin1").replaceAll("\r", "").trim(), "latin1");
  return hash.digest("hex");
};
