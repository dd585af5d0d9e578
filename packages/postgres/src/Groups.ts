import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";

/** Those of the waiting who go now, and the others. */
type Pick<Request> = (
  waiting: ReadonlyArray<Request>,
) => readonly [group: ReadonlyArray<Request>, others: Array<Request>];

interface GroupOptions<Request> {
  /** How many groups may be on their way at once: 1 by default. */
  readonly lanes?: number;
  /** How many must wait before another lane is opened for them: 1 by default. */
  readonly crowd?: number;
  readonly pick?: Pick<Request>;
}

/** A group that takes longer holds nobody up. */
const patience = "20 millis";

/**
 * Serves requests in groups: one that comes alone goes at once; while others are on their way, those that come wait, and
 * go together. So a busy process makes few round trips, and an idle one does not wait.
 * A group that waits for somebody's lock, or for a server far away, soon leaves its lane to the next.
 */
export const makeGroups = Effect.fnUntraced(function* <Request, A, E>(
  serve: (group: ReadonlyArray<Request>) => Effect.Effect<ReadonlyArray<Exit.Exit<A, E>>, E>,
  { lanes = 1, crowd = 1, pick = (waiting) => [waiting, []] }: GroupOptions<Request> = {},
) {
  const scope = yield* Effect.scope;
  const answers = new Map<Request, Deferred.Deferred<A, E>>();
  let waiting: Array<Request> = [];
  let busy = 0;
  let isOver = false;

  const tell = (request: Request, exit: Exit.Exit<A, E>) => {
    const answer = answers.get(request);
    answers.delete(request);
    if (answer !== undefined) Deferred.doneUnsafe(answer, exit);
  };

  const lane: Effect.Effect<void> = Effect.gen(function* () {
    let hasLeft = false;
    const leave = Effect.andThen(
      Effect.sleep(patience),
      Effect.suspend(() => {
        hasLeft = true;
        return Effect.forkIn(lane, scope);
      }),
    );
    while (!hasLeft) {
      // Those who were answered a moment ago may have their next request ready.
      yield* Effect.yieldNow;
      const [group, others] = pick(waiting);
      waiting = others;
      if (group.length === 0) {
        busy--;
        return;
      }
      const leaving = yield* Effect.forkIn(leave, scope);
      const served = yield* Effect.exit(serve(group));
      yield* Fiber.interrupt(leaving);
      group.forEach((request, index) => {
        tell(request, Exit.isFailure(served) ? Exit.failCause(served.cause) : (served.value[index] as Exit.Exit<A, E>));
      });
    }
  });

  // Nobody waits for ever for what has ended.
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      isOver = true;
      for (const request of answers.keys()) tell(request, Exit.interrupt());
    }),
  );

  return (request: Request): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      if (isOver) return Effect.interrupt;
      const answer = Deferred.makeUnsafe<A, E>();
      answers.set(request, answer);
      waiting.push(request);
      if (busy === lanes || (busy > 0 && waiting.length < crowd)) return Deferred.await(answer);
      busy++;
      return Effect.andThen(Effect.forkIn(lane, scope), Deferred.await(answer));
    });
});
