import type { ConnectionOptions } from "node:tls";

/** How to reach PostgreSQL. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; percent-encode what is special in user and password. */
  readonly url: string;
  /** The schema that holds everything; several helpdesks may share a database. Default: `deskwright`. */
  readonly schema?: string;
  /** At least 3: one listens for signals, one in six is for reading, the others commit. Default: 12. */
  readonly maxConnections?: number;
  /**
   * Whether the schema is brought up to date at the start. Default: true. With false the user needs no rights to create
   * anything, and the start fails until `deskwright-migrate` was run.
   */
  readonly migrate?: boolean;
  /** TLS as `node:tls` knows it; `sslmode` in the URL is understood as well. */
  readonly ssl?: boolean | ConnectionOptions;
  /** True behind a pooler that hands out connections by transaction: nothing is prepared or set on a connection. */
  readonly pgbouncer?: boolean;
  /** A direct way to the database behind such a pooler, to hear of news at once; without it they are polled. */
  readonly listenUrl?: string;
}

/** What is wrong with the options, in a sentence without secrets; null where nothing is. */
export const complaint = ({ url, schema, maxConnections, listenUrl }: PostgresOptions): string | null => {
  for (const [name, text] of [
    ["url", url],
    ["listenUrl", listenUrl ?? url],
  ] as const)
    if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol))
      return `${name} must look like postgres://user:password@host:port/database`;
  if (schema !== undefined && !isSchemaName(schema))
    return "schema must be 1 to 48 of a-z, 0-9 and _, not begin with a digit or pg_";
  if (maxConnections !== undefined && !(Number.isInteger(maxConnections) && maxConnections >= 3))
    return "maxConnections must be a whole number from 3";
  return null;
};

/** Lower case and short, so that it can be written without surprises, and be part of a channel's name. */
const isSchemaName = (name: string): boolean => /^(?!pg_)[a-z_][a-z0-9_]{0,47}$/.test(name);

/** What every connection of ours is set to; a pooler would not let it through. */
export const sessionSettings: Readonly<Record<string, string>> = {
  statement_timeout: "30s",
  idle_in_transaction_session_timeout: "60s",
  default_transaction_isolation: "read committed",
  // Compiling takes longer than any of our statements.
  jit: "off",
};
