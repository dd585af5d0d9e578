/**
 * The first of the 2^41 advisory lock keys that say which event positions a running commit may still fill. They come
 * from the schema's oid, so that helpdesks in one database do not hold up each other's events.
 */
export const eventLock = (s: string): string => `(('${s}'::regnamespace::oid::bigint & 4194303) << 41)`;
