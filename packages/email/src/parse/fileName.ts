import { headerOf } from "./headers.ts";
import type { Part } from "./part.ts";
import { decodeWords } from "./words.ts";

const endings: Readonly<Record<string, string>> = {
  "message/rfc822": "eml",
  "text/calendar": "ics",
  "text/plain": "txt",
  "text/html": "html",
  "text/csv": "csv",
  "text/vcard": "vcf",
  "text/x-vcard": "vcf",
  "image/jpeg": "jpg",
  "image/pjpeg": "jpg",
  "image/svg+xml": "svg",
  "audio/mpeg": "mp3",
  "application/ics": "ics",
  "application/pkcs7-mime": "p7m",
  "application/pkcs7-signature": "p7s",
  "application/pgp-signature": "asc",
  "application/pgp-encrypted": "asc",
  "message/delivery-status": "txt",
  "text/rfc822-headers": "txt",
};

const endingOf = (type: string): string =>
  endings[type] ?? type.match(/^(?:image|audio|video|application)\/(?:x-)?(\w{2,5})$/)?.[1] ?? "bin";

const titleOf = (part: Part): string =>
  part.type === "message/rfc822"
    ? decodeWords(
        part.content.toString("latin1", 0, 20_000).match(/^subject:[ \t]*(.*(?:\r?\n[ \t].*)*)/im)?.[1] ?? "message",
      )
    : part.type.startsWith("image/")
      ? "image"
      : part.type === "text/calendar"
        ? "invitation"
        : "attachment";

/** A name that is no path, has no control characters and fits everywhere. */
const cleaned = (name: string): string => {
  const last = name.split(/[\\/]/).at(-1) ?? "";
  const plain = last
    .replace(/[\p{Cc}\p{Cf}]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  if (plain.length <= 150) return plain;
  const ending = plain.match(/\.\w{1,10}$/)?.[0] ?? "";
  return plain.slice(0, 150 - ending.length) + ending;
};

/** The name that a part gives itself; null where it gives none. */
export const givenName = (part: Part): string | null => {
  const name = cleaned(part.disposition.named.get("filename") ?? part.parameters.get("name") ?? "");
  return name === "" || /^\.+$/.test(name) ? null : name;
};

/** The name under which a part is kept. */
export const fileName = (part: Part): string =>
  givenName(part) ??
  `${cleaned(titleOf(part).slice(0, 100)) || headerOf(part.headers, "content-description")?.slice(0, 100) || "attachment"}.${endingOf(part.type)}`;
