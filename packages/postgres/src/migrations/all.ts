import tables from "./0001_tables.ts";
import commit from "./0002_commit.ts";
import events from "./0003_events.ts";

/** A step forward of the schema: its statements, given the schema's name quoted. A released one never changes. */
export interface Migration {
  readonly id: number;
  readonly name: string;
  readonly statements: (schema: string) => ReadonlyArray<string>;
}

export const migrations: ReadonlyArray<Migration> = [
  { id: 1, name: "tables", statements: tables },
  { id: 2, name: "commit", statements: commit },
  { id: 3, name: "events", statements: events },
];
