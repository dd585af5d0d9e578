import type { Attachment, Desk } from "@deskwright/core";
import { refusal } from "./input.ts";

/** An upload of ours, by its path or by its whole address. */
const upload = /^(?:https?:\/\/[^/?#]+)?\/api\/v1\/support\/uploads\/(\d{1,15})\/?$/i;

// A file kept elsewhere is stored as an empty one whose media type says where (RFC 2017); this server never fetches it.
const elsewhere = /^message\/external-body; access-type=URL; URL="(https?:[^"]+)"$/i;

/** The URL of a message's attachment: one of our uploads, or the address that was given. */
export const urlOf = ({ id, contentType }: Pick<Attachment, "id" | "contentType">): string => {
  const [, address] = contentType.match(elsewhere) ?? [];
  return address === undefined ? `/api/v1/support/uploads/${id}` : decodeURI(address);
};

/** The ids of the files that a message with these URLs carries. */
export const filesFrom = async (desk: Desk, given: unknown): Promise<ReadonlyArray<number>> => {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw refusal(["attachments"], "Expected an array of URLs or null");
  const files: Array<number> = [];
  for (const [index, url] of given.entries()) files.push(await fileOf(desk, url, ["attachments", index]));
  return files;
};

const fileOf = async (desk: Desk, given: unknown, path: ReadonlyArray<string | number>): Promise<number> => {
  if (typeof given !== "string" || !given.isWellFormed() || given.length > 2048)
    throw refusal(path, "Expected a URL of at most 2,048 characters");
  const [, id] = given.match(upload) ?? [];
  if (id !== undefined) return Number(id);
  const url = URL.parse(given);
  if (url === null || !/^https?:/i.test(given))
    throw refusal(path, "Expected what an upload was answered, or an http or https URL");
  const name = url.pathname.split("/").at(-1) || url.host;
  const contentType = `message/external-body; access-type=URL; URL="${encodeURI(given)}"`;
  return (await desk.files.add({ name, contentType, content: new Uint8Array() })).id;
};
