import { Helpdesk } from "@deskwright/core/effect";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { Refunds } from "./Refunds.ts";

const program = Effect.gen(function* () {
  const refunds = yield* Refunds;
  const { id } = yield* refunds.ask("u-7f3", "order-17");
  const { subject, status } = yield* refunds.grant("a-1", id, "The parcel was lost.");
  yield* Console.log(`#${id} ${subject}: ${status}`);
});

// Kept in memory; `Helpdesk.layer({ storage: postgres({ url }) })` keeps it in PostgreSQL.
const live = Refunds.layer.pipe(Layer.provide(Helpdesk.layer()));

await program.pipe(Effect.provide(live), Effect.runPromise);
