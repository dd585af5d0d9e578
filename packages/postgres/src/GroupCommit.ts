import type { Conflict, StorageError } from "@deskwright/core/effect";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { keysOf, type Part, together } from "./commitParts.ts";
import { isRefused } from "./failure.ts";
import { makeGroups } from "./Groups.ts";

type Positions = ReadonlyArray<number>;

/** A commit about to be written. */
interface Write {
  readonly tenant: string;
  readonly parts: ReadonlyArray<Part>;
}

type Written = Exit.Exit<Positions, Conflict | StorageError>;

/** Commits in one statement. */
const atMost = 32;

/**
 * Writes commits that come while others are on their way in one statement, so that they share its round trip, its work
 * and its wait for the disk. Each stays whole or nothing by itself: where the server refuses the statement, and so
 * undoes it, each of them is tried alone.
 */
export const makeGroupCommit = (write: (commit: Write) => Effect.Effect<Positions, Conflict | StorageError>) => {
  const alone = (commits: ReadonlyArray<Write>): Effect.Effect<ReadonlyArray<Written>> =>
    Effect.forEach(commits, (commit) => Effect.exit(write(commit)), { concurrency: 2 });

  const serve = (commits: ReadonlyArray<Write>): Effect.Effect<ReadonlyArray<Written>> => {
    const [first, second] = commits;
    if (first === undefined || second === undefined) return alone(commits);
    const parts = together(commits.map((commit) => commit.parts));
    return Effect.flatMap(Effect.exit(write({ tenant: first.tenant, parts })), (exit) => {
      if (Exit.isFailure(exit))
        return isRefused(Cause.squash(exit.cause)) ? alone(commits) : Effect.succeed(commits.map(() => exit));
      let end = 0;
      return Effect.succeed(
        commits.map((commit) => {
          const begin = end;
          end += commit.parts.find(({ name }) => name === "events")?.entries.length ?? 0;
          return Exit.succeed(exit.value.slice(begin, end));
        }),
      );
    });
  };

  return makeGroups<Write, Positions, Conflict | StorageError>(serve, { lanes: 3, crowd: 8, pick: compatible });
};

/** The first that waits and those who may go with it: nobody overtakes one who writes the same row. */
const compatible = (waiting: ReadonlyArray<Write>): readonly [group: ReadonlyArray<Write>, others: Array<Write>] => {
  const group: Array<Write> = [];
  const others: Array<Write> = [];
  const taken = new Set<string>();
  for (const commit of waiting) {
    const keys = keysOf(commit.parts);
    const mayGo = group.length < atMost && commit.tenant === waiting[0]?.tenant && !keys.some((key) => taken.has(key));
    (mayGo ? group : others).push(commit);
    for (const key of keys) taken.add(key);
  }
  return [group, others];
};
