import type { Readable } from "node:stream";
import { HttpError } from "@deskwright/api";
import { type Desk, type File, InvalidInput } from "@deskwright/core";
import type { Request, Response } from "express";
import multer from "multer";

/** What may be uploaded in one request. */
export interface UploadLimits {
  /** Bytes of each file; 25 MB by default. */
  readonly maxFileSize?: number;
  /** Files in one request; 10 by default. */
  readonly maxFiles?: number;
}

interface Part extends Express.Multer.File {
  stored?: File;
}

async function* whole(stream: Readable & { readonly truncated?: boolean }) {
  yield* stream;
  // The parser ends a file that is too large as if it were complete.
  if (stream.truncated) throw new Error("The file is too large");
}

/** Hands each file to the helpdesk while it arrives; nothing is kept of a request that fails. */
const storageOf = (desk: Desk): multer.StorageEngine => ({
  _handleFile: (_req, { originalname, mimetype, stream }, done) => {
    desk.files.add({ name: originalname, contentType: mimetype, content: whole(stream) }).then(
      (stored) => done(null, { stored } as Partial<Part>),
      (error) => done(error),
    );
  },
  _removeFile: (_req, { stored }: Part, done) => {
    if (stored === undefined) done(null);
    else desk.files.remove(stored.id).then(() => done(null), done);
  },
});

const failure = (error: Error, field: string, maxFileSize: number): Error => {
  if (!(error instanceof multer.MulterError))
    return "_tag" in error ? error : new HttpError(400, "MalformedBody", `The body can't be read: ${error.message}`);
  if (error.code === "LIMIT_FILE_SIZE")
    return new HttpError(413, "FileTooLarge", `A file may have at most ${maxFileSize} bytes.`, error.field ?? field);
  return new InvalidInput({ issues: [{ path: [error.field ?? field], message: error.message }] });
};

/**
 * Stores the files of a multipart request as they arrive, never one whole in memory, to be named in a message within a
 * day. Rejects where a file is too large (413), there are too many or none, or one comes in another field (422), or the
 * client breaks off; then none of them is kept.
 *
 * @since 0.1.0
 */
export const receiveFiles = async (
  req: Request,
  res: Response,
  desk: Desk,
  {
    field = "files",
    maxFileSize = 25_000_000,
    maxFiles = 10,
  }: UploadLimits & {
    /** The form's field that carries the files; `files` by default. */
    readonly field?: string;
  } = {},
): Promise<ReadonlyArray<File>> => {
  const upload = multer({
    storage: storageOf(desk),
    limits: { fileSize: maxFileSize, files: maxFiles, fields: 100, fieldSize: 100_000 },
    // Browsers send names as UTF-8 without saying so.
    defParamCharset: "utf8",
  }).array(field);
  await new Promise<void>((resolve, reject) => {
    upload(req, res, (error?: unknown) =>
      error === undefined ? resolve() : reject(failure(error as Error, field, maxFileSize)),
    );
  });
  if (!Array.isArray(req.files)) throw new HttpError(415, "UnsupportedMediaType", "Expected multipart/form-data.");
  const files = req.files.map(({ stored }: Part) => stored as File);
  if (files.length === 0)
    throw new InvalidInput({ issues: [{ path: [field], message: "Expected at least one file" }] });
  return files;
};
