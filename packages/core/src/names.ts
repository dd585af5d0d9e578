import type { Row } from "./Commit.ts";
import type { RowKey } from "./Query.ts";

/**
 * The texts that name a row in its tenant. The first says which row it is; each may belong to one row only, so two
 * rows with a name in common exclude each other.
 */
export const namesOf = ({ kind, row }: Row): readonly [string, ...ReadonlyArray<string>] => {
  switch (kind) {
    case "ticket":
    case "message":
    case "file":
      return [text(kind, row.id)];
    case "user":
      return [
        text(kind, row.id),
        ...(row.email === null ? [] : [text(kind, "email", row.email)]),
        ...(row.externalId === null ? [] : [text(kind, "externalId", row.externalId)]),
      ];
    case "conversation":
      return [text(kind, row.channel, row.address)];
    case "record":
      return [text(kind, row.id), text(kind, row.collection, row.key)];
  }
};

/** The name that a key asks for. */
export const nameOf = (key: RowKey): string => {
  switch (key.kind) {
    case "ticket":
    case "message":
    case "file":
    case "job":
      return text(key.kind, key.id);
    case "user":
      if ("id" in key) return text(key.kind, key.id);
      return "email" in key ? text(key.kind, "email", key.email) : text(key.kind, "externalId", key.externalId);
    case "conversation":
      return text(key.kind, key.channel, key.address);
    case "record":
      return text(key.kind, key.collection, key.key);
    case "once":
      return text(key.kind, key.key);
  }
};

/** Joins without room for doubt: two lists of parts give one text only if they are equal. */
const text = (...parts: ReadonlyArray<string | number>): string => JSON.stringify(parts);
