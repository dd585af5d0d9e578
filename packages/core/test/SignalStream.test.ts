import { assert, it } from "@effect/vitest";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import type { Signal } from "../src/Query.ts";
import { signalStream } from "../src/SignalStream.ts";

it.effect("a reader that is slow loses old live signals, keeps the newest and learns once of all that is new", () =>
  Effect.gen(function* () {
    let tell: (signal: Signal) => void = () => {};
    const [subscribed, isBusy, isFree] = [
      yield* Deferred.make<void>(),
      yield* Deferred.make<void>(),
      yield* Deferred.make<void>(),
    ];
    const live = (data: number): Signal => ({ topic: "live", tenant: "t", data });
    const heard: Array<Signal> = [];
    const reading = yield* signalStream((hear) => {
      tell = hear;
      return Deferred.succeed(subscribed, undefined);
    }).pipe(
      Stream.tap(() => Effect.andThen(Deferred.succeed(isBusy, undefined), Deferred.await(isFree))),
      Stream.takeUntil((signal) => signal.topic === "live" && signal.data === 20_000),
      Stream.runForEach((signal) => Effect.sync(() => heard.push(signal))),
      Effect.forkChild,
    );
    yield* Deferred.await(subscribed);
    tell(live(0));
    yield* Deferred.await(isBusy);
    for (let n = 1; n <= 20_000; n++) {
      tell(live(n));
      if (n % 10 === 0) {
        tell({ topic: "events" });
        tell({ topic: "jobs" });
      }
      if (n % 100 === 0) yield* Effect.yieldNow;
    }
    yield* Deferred.succeed(isFree, undefined);
    yield* Fiber.join(reading);

    const count = (topic: Signal["topic"]) => heard.filter((signal) => signal.topic === topic).length;
    assert.isBelow(count("live"), 2000);
    assert.isAtLeast(count("events"), 1);
    assert.isAtLeast(count("jobs"), 1);
    assert.isBelow(count("events") + count("jobs"), 20);
  }),
);
