import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { NotFound, type StorageError } from "./Errors.ts";
import type { File } from "./file/File.ts";
import type { Job } from "./jobs/Job.ts";
import { Storage } from "./Storage.ts";
import type { Message } from "./ticket/Message.ts";
import type { TicketRow } from "./ticket/Ticket.ts";
import type { User } from "./user/User.ts";

interface Found {
  readonly message: Message;
  readonly user: User;
  readonly file: File;
  readonly job: Job;
}

type Read<A> = (tenant: string, id: number) => Effect.Effect<A, NotFound | StorageError>;

/** Reads one row of a kind; where there is none, and for what is no id at all, fails with `NotFound`. */
export class Rows extends Context.Service<
  Rows,
  {
    /** A deleted ticket is not found. */
    readonly ticket: Read<TicketRow>;
    /** A ticket, deleted or not; null where there is none. */
    readonly anyTicket: (tenant: string, id: number) => Effect.Effect<TicketRow | null, StorageError>;
    /** Where what was said on a ticket goes on: itself, or the one it was merged into in the end; null where none is left. */
    readonly goingOn: (tenant: string, ticket: TicketRow) => Effect.Effect<TicketRow | null, StorageError>;
    /** A deleted message is found, as its tombstone. */
    readonly message: Read<Message>;
    readonly user: Read<User>;
    readonly file: Read<File>;
    readonly job: Read<Job>;
  }
>()("@deskwright/core/Rows") {
  static readonly layer = Layer.effect(
    Rows,
    Effect.gen(function* () {
      const storage = yield* Storage;

      const reading =
        <K extends keyof Found>(kind: K): Read<Found[K]> =>
        (tenant, id) =>
          isId(id)
            ? Effect.flatMap(storage.find(tenant, [{ kind, id }]), ([found]) =>
                found?.kind === kind ? Effect.succeed(found.row as Found[K]) : notFound(kind, id),
              )
            : notFound(kind, id);

      const anyTicket = (tenant: string, id: number) =>
        Effect.map(storage.find(tenant, [{ kind: "ticket", id }]), ([found]) =>
          found?.kind === "ticket" ? found.row : null,
        );

      const ticket: Read<TicketRow> = (tenant, id) =>
        isId(id)
          ? Effect.flatMap(anyTicket(tenant, id), (row) =>
              row === null || row.deletedAt !== null ? notFound("ticket", id) : Effect.succeed(row),
            )
          : notFound("ticket", id);

      const goingOn = Effect.fnUntraced(function* (tenant: string, ticket: TicketRow) {
        let last: TicketRow | null = ticket;
        // A ticket is never merged into one that was merged before, so that this ends.
        while (last !== null && last.mergedInto !== null) last = yield* anyTicket(tenant, last.mergedInto);
        return last === null || last.deletedAt !== null ? null : last;
      });

      return Rows.of({
        ticket,
        anyTicket,
        goingOn,
        message: reading("message"),
        user: reading("user"),
        file: reading("file"),
        job: reading("job"),
      });
    }),
  );
}

const isId = (id: unknown): boolean => Number.isSafeInteger(id) && (id as number) > 0;

const notFound = (kind: string, id: unknown) => Effect.fail(NotFound.of(kind, id));
