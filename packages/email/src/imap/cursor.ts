/** How far a folder was read: UIDs count for one UIDVALIDITY only. */
export type Position = {
  readonly uidValidity: number;
  /** The lowest UID that may be new. */
  readonly next: number;
};

/** How far each folder of an account was read. */
export type Cursor = Readonly<Record<string, Position>>;

const isPosition = (value: unknown): value is Position =>
  typeof value === "object" &&
  value !== null &&
  "uidValidity" in value &&
  Number.isSafeInteger(value.uidValidity) &&
  "next" in value &&
  Number.isSafeInteger(value.next);

/** What was stored as a cursor; folders that make no sense are read from the start. */
export const cursorOf = (stored: unknown): Cursor =>
  typeof stored === "object" && stored !== null && !Array.isArray(stored)
    ? Object.fromEntries(
        Object.entries(stored).flatMap(([folder, value]) =>
          isPosition(value) ? [[folder, { uidValidity: value.uidValidity, next: value.next }]] : [],
        ),
      )
    : {};

/** The lowest UID of a folder that may be new; 1 where the folder's UIDs mean other mails than they did. */
export const nextOf = (cursor: Cursor, folder: string, uidValidity: number): number => {
  const position = cursor[folder];
  return position !== undefined && position.uidValidity === uidValidity ? position.next : 1;
};

/** The cursor once everything up to a UID was read; it never goes back. */
export const readUpTo = (cursor: Cursor, folder: string, uidValidity: number, uid: number): Cursor => ({
  ...cursor,
  [folder]: { uidValidity, next: Math.max(uid + 1, nextOf(cursor, folder, uidValidity)) },
});

/** Names a mail for ever. */
export const keyOf = (folder: string, uidValidity: number, uid: number): string => `${folder}:${uidValidity}:${uid}`;
