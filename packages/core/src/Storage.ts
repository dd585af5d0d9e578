import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type * as Stream from "effect/Stream";
import type { Commit, RecordRow } from "./Commit.ts";
import type { Conflict, StorageError } from "./Errors.ts";
import type { File } from "./file/File.ts";
import type { Claim, ClaimedJob, Job } from "./jobs/Job.ts";
import type {
  EventPage,
  EventQuery,
  Found,
  IdKind,
  JobQuery,
  JobTally,
  MessageQuery,
  RowKey,
  Signal,
  Tally,
  TicketQuery,
  UserQuery,
} from "./Query.ts";
import type { Message } from "./ticket/Message.ts";
import type { TicketRow } from "./ticket/Ticket.ts";
import type { TicketFilter } from "./ticket/TicketQuery.ts";
import type { User } from "./user/User.ts";

/**
 * Where a helpdesk keeps everything but the bytes of files. The whole contract is the published suite of
 * `@deskwright/testkit`; a store that passes it is done.
 *
 * Every call concerns one tenant alone. An outage is `StorageError`, never an empty answer.
 * Strings that core hands over are well-formed Unicode without NUL; dates are whole milliseconds.
 */
export class Storage extends Context.Service<
  Storage,
  {
    /**
     * Applies the commit whole or not at all and answers the positions of its events, in their order.
     * Fails with `Conflict` where a version differs, a unique key is taken, a `once` key was used or a claim is lost.
     */
    readonly commit: (commit: Commit) => Effect.Effect<ReadonlyArray<number>, Conflict | StorageError>;
    /** Takes ids nobody else gets, as many of each kind as asked; gaps are fine. */
    readonly reserve: (
      tenant: string,
      wanted: Readonly<Partial<Record<IdKind, number>>>,
    ) => Effect.Effect<Readonly<Partial<Record<IdKind, ReadonlyArray<number>>>>, StorageError>;
    readonly tickets: (tenant: string, query: TicketQuery) => Effect.Effect<ReadonlyArray<TicketRow>, StorageError>;
    /** Counts what `tickets` would list without a limit. */
    readonly countTickets: (tenant: string, filter: TicketFilter) => Effect.Effect<number, StorageError>;
    /** The kept numbers, those above zero; at every moment equal to a recount. */
    readonly tallies: (tenant: string) => Effect.Effect<ReadonlyArray<Tally>, StorageError>;
    readonly messages: (tenant: string, query: MessageQuery) => Effect.Effect<ReadonlyArray<Message>, StorageError>;
    /**
     * Looks rows up by their keys, deleted ones as well; the answer has one place for each key, null where there is no
     * such row.
     */
    readonly find: (
      tenant: string,
      keys: ReadonlyArray<RowKey>,
    ) => Effect.Effect<ReadonlyArray<Found | null>, StorageError>;
    readonly users: (tenant: string, query: UserQuery) => Effect.Effect<ReadonlyArray<User>, StorageError>;
    /** Every record of a collection, by ascending id. */
    readonly records: (tenant: string, collection: string) => Effect.Effect<ReadonlyArray<RecordRow>, StorageError>;
    /** Files of any tenant that no message names and that were stored before, by ascending id. */
    readonly files: (query: {
      readonly unattachedBefore: Date;
      readonly limit: number;
    }) => Effect.Effect<ReadonlyArray<{ readonly tenant: string; readonly file: File }>, StorageError>;
    /** No position is ever answered while a smaller one may still appear. */
    readonly events: (query: EventQuery) => Effect.Effect<EventPage, StorageError>;
    /** Signals from now on, of this process and all others; the store repairs its own connection meanwhile. */
    readonly listen: Stream.Stream<Signal>;
    /** Tells every listener. A commit tells about its own events and jobs by itself. */
    readonly signal: (signal: Signal) => Effect.Effect<void, StorageError>;
    /**
     * Takes up to `limit` jobs of these kinds, of any tenant, that are due or whose lease ran out, the longest due
     * first, each for one claimer only. A claim begins a try (`attempts` grows) and holds until `until`.
     */
    readonly claim: (request: {
      readonly kinds: ReadonlyArray<string>;
      readonly token: string;
      readonly now: Date;
      readonly until: Date;
      readonly limit: number;
    }) => Effect.Effect<ReadonlyArray<ClaimedJob>, StorageError>;
    /** Holds claims until a later time, or (null) gives them back as not tried; answers the ids still held. */
    readonly extend: (
      claims: ReadonlyArray<Claim>,
      until: Date | null,
    ) => Effect.Effect<ReadonlyArray<number>, StorageError>;
    readonly jobs: (query: JobQuery) => Effect.Effect<ReadonlyArray<Job>, StorageError>;
    /** The kept jobs of a kind, counted in one look; counts above zero. */
    readonly countJobs: (tenant: string, kind: string) => Effect.Effect<ReadonlyArray<JobTally>, StorageError>;
  }
>()("@deskwright/core/Storage") {}
