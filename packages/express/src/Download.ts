import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HttpError } from "@deskwright/api";
import type { Desk } from "@deskwright/core";
import type { Request, Response } from "express";
import { attachment } from "./disposition.ts";
import { namesTag, rangeOf } from "./range.ts";

/** Sends bytes for saving; browsers run nothing of them. */
export const sendBytes = (res: Response, bytes: Uint8Array, name: string): void => {
  res.writeHead(200, {
    "Cache-Control": "no-store",
    "Content-Type": "application/octet-stream",
    "Content-Length": bytes.byteLength,
    "Content-Disposition": attachment(name),
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
  });
  res.end(bytes);
};

/**
 * Sends a file that the desk's actor may see, or the one range of it that is asked for; rejects with `NotFound` for any
 * other, and then nothing was sent. Whatever the file is, browsers save it and run nothing of it.
 *
 * @since 0.1.0
 */
export const sendFile = async (req: Request, res: Response, desk: Desk, fileId: number): Promise<void> => {
  const { name, contentType, size, sha256 } = await desk.files.get(fileId);
  const tag = `"${sha256}"`;
  const validators = { ETag: tag, "Cache-Control": "private, no-cache", "Accept-Ranges": "bytes" };
  if (namesTag(req.headers["if-none-match"], tag)) {
    res.writeHead(304, validators).end();
    return;
  }
  // Ranges are of GET alone (RFC 9110, 14.2), and of no other content than the one `If-Range` names.
  const isRanged = req.method === "GET" && (req.headers["if-range"] ?? tag) === tag;
  const range = isRanged ? rangeOf(req.headers.range, size) : null;
  if (range === "beyond") {
    res.setHeader("Content-Range", `bytes */${size}`);
    throw new HttpError(416, "RangeNotSatisfiable", `The file has ${size} bytes.`);
  }
  const { start, end } = range ?? { start: 0, end: size };
  const { content } = req.method === "HEAD" ? { content: [] } : await desk.files.open(fileId, { start, end });
  res.writeHead(range === null ? 200 : 206, {
    ...validators,
    ...(range !== null && { "Content-Range": `bytes ${start}-${end - 1}/${size}` }),
    "Content-Type": contentType,
    "Content-Length": end - start,
    "Content-Disposition": attachment(name),
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
  });
  // From here on a failure can only break the connection off, which `pipeline` does; so does a client that leaves.
  await pipeline(Readable.from(content), res).catch(() => {});
};
