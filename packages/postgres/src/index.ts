/** Deskwright's storage on PostgreSQL 15 or later. @module */
export { type StorageOptions, storage } from "./PostgresStorage.ts";
export { postgres } from "./postgres.ts";
export type { PostgresOptions } from "./settings.ts";
