import type { File } from "./File.ts";
import { safeName } from "./name.ts";

/** The row of a file whose bytes are stored, and which no message carries yet. */
export const newFile = (
  id: number,
  at: Date,
  uploadedBy: number | null,
  {
    name,
    contentType,
    ...stored
  }: Pick<File, "name" | "size" | "sha256" | "storageKey"> & { readonly contentType?: string },
): File => ({
  ...stored,
  id,
  version: 0,
  name: safeName(name),
  contentType: contentType ?? "application/octet-stream",
  uploadedBy,
  messageId: null,
  ticketId: null,
  createdAt: at,
});
