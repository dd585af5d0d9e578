import type { StorageError } from "@deskwright/core/effect";
import type { PgClient } from "@effect/sql-pg/PgClient";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import { failureOf, wasRolledBack } from "./failure.ts";

/** The values of a row in the order they were selected: `Date` for timestamptz, `bigint` for int8, jsonb parsed. */
export type Values = ReadonlyArray<unknown>;

/** One statement and its parameters. The text depends on the shape of what is asked, never on the values. */
export interface Statement {
  readonly text: string;
  readonly values: ReadonlyArray<unknown>;
  /** True where it writes, or may look through many rows. */
  readonly isLong?: boolean;
}

/** Runs single statements, each a transaction of its own: nothing is ever left open in between. */
export interface Database {
  readonly query: (text: string, values: ReadonlyArray<unknown>) => Effect.Effect<ReadonlyArray<Values>, StorageError>;
}

/** A statement that lost against another one was rolled back whole, so it may simply run again. */
const again = Schedule.exponential("5 millis").pipe(Schedule.jittered, Schedule.upTo({ times: 5 }));

/**
 * Where queries share a connection, those of one turn of the event loop go out in one packet: sending is much of what a
 * short query costs.
 */
export const makeDatabase = (client: PgClient, isShared = false): Database => ({
  query: (text, values) => {
    const run = Effect.suspend(() => client.unsafe(text, values.map(encoded)).values);
    return (isShared ? Effect.andThen(Effect.yieldNow, run) : run).pipe(
      Effect.catch((error) =>
        wasRolledBack(error) ? Effect.retry(run, { while: wasRolledBack, schedule: again }) : Effect.fail(error),
      ),
      Effect.catchDefect((defect) => Effect.fail(defect)),
      Effect.mapError(failureOf),
    );
  },
});

/** As text a date is exact in every year; the client's own encoding is not after 2255. */
const encoded = (value: unknown) => (value instanceof Date ? value.toISOString().replace("+", "") : value);
