import { resolve } from "node:path";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Stream from "effect/Stream";
import ts from "typescript";
import { describe, expect, expectTypeOf, it } from "vitest";
import { Conflict, StorageError } from "../src/Errors.ts";
import {
  abortOf,
  Beginnings,
  calling,
  fromPromise,
  iterableOf,
  type Promised,
  runNow,
  runToPromise,
  toPromises,
} from "../src/promises.ts";
import { rejection } from "./desks.ts";

const run = runToPromise(Effect.runPromiseExit);

describe("the await API", () => {
  const door = resolve(import.meta.dirname, "../src/Desk.ts");
  const base = resolve(import.meta.dirname, "../../../tsconfig.base.json");
  const { config } = ts.readConfigFile(base, ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, resolve(base, ".."));
  const program = ts.createProgram([door], { ...options, noEmit: true });
  const checker = program.getTypeChecker();

  /** The services that `Desk` promises, by the name they have there. */
  const services = () => {
    const found = new Map<string, ts.Type>();
    for (const statement of program.getSourceFile(door)?.statements ?? [])
      if (ts.isInterfaceDeclaration(statement) && statement.name.text === "Desk")
        for (const member of statement.members)
          if (ts.isPropertySignature(member) && member.type && ts.isTypeReferenceNode(member.type)) {
            const [shape] = member.type.typeArguments ?? [];
            if (member.type.typeName.getText() === "Promised" && shape)
              found.set(member.name.getText(), checker.getTypeFromTypeNode(shape));
          }
    return found;
  };

  it("can be derived: a service has functions alone, of one signature, without type parameters", {
    timeout: 60_000,
  }, () => {
    const found = services();
    expect([...found.keys()]).toContain("tickets");
    let functions = 0;
    for (const [service, shape] of found)
      for (const member of shape.getProperties()) {
        const name = `${service}.${member.name}`;
        const type = checker.getTypeOfSymbol(member);
        const [signature, ...overloads] = type.getCallSignatures();
        expect(overloads, `${name} has overloads`).toEqual([]);
        expect(signature?.getTypeParameters() ?? [], `${name} has type parameters`).toEqual([]);
        expect(signature && checker.typeToString(signature.getReturnType()), name).toMatch(/^Effect<|^Effect\.Effect</);
        functions++;
      }
    expect(functions).toBeGreaterThan(40);
  });

  it("is the mapped type and one function: what a service fails with is rejected, what it needs is gone", async () => {
    const service = {
      add: (a: number, b: number) => Effect.succeed(a + b),
      fail: (): Effect.Effect<never, Conflict> => Effect.fail(new Conflict({ kind: "ticket", id: 1 })),
      die: () => Effect.die(new RangeError("a bug")),
    };
    const promised = toPromises(service, run);
    expectTypeOf(promised).toEqualTypeOf<Promised<typeof service>>();
    expectTypeOf(promised.add).toEqualTypeOf<(a: number, b: number) => Promise<number>>();
    expect(await promised.add(1, 2)).toBe(3);
    expect(await rejection(promised.fail())).toBeInstanceOf(Conflict);
    expect(await rejection(promised.die())).toBeInstanceOf(RangeError);
  });
});

describe("a promise as an effect", () => {
  it("that rejects with something unknown is StorageError with its cause, never an answer", async () => {
    for (const reason of [new Error("no route"), "no route", undefined, null]) {
      const error = await rejection(run(fromPromise(() => Promise.reject(reason))));
      expect(error).toBeInstanceOf(StorageError);
      expect(error).toMatchObject({ retryable: false, cause: reason });
    }
    expect(
      await rejection(
        run(
          fromPromise(() => {
            throw new Error("at once");
          }),
        ),
      ),
    ).toBeInstanceOf(StorageError);
  });

  it("that rejects with what is known, or with StorageError, is that", async () => {
    const known = (error: unknown) => error instanceof Conflict;
    const conflict = new Conflict({ kind: "ticket", id: 1 });
    const away = new StorageError({ reason: "away", retryable: true });
    expect(await rejection(run(fromPromise(() => Promise.reject(conflict), known as never)))).toBe(conflict);
    expect(await rejection(run(fromPromise(() => Promise.reject(away))))).toBe(away);
  });

  it("of the host's fails with what the host threw", async () => {
    const own = new TypeError("The host's own");
    expect(await rejection(run(calling(() => Promise.reject(own))))).toBe(own);
    expect(() => runNow(Effect.fail(own))).toThrow(own);
    expect(runNow(Effect.succeed(1))).toBe(1);
  });
});

describe("an iteration", () => {
  it("begins at once, gives all there is, and ends when it is told to", async () => {
    const log: Array<string> = [];
    const begin = Effect.sync(() => {
      log.push("begun");
      return Stream.make(1, 2, 3);
    });
    const numbers: Array<number> = [];
    const iterator = iterableOf(begin, Effect.never)[Symbol.asyncIterator]();
    expect(log).toEqual(["begun"]);
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) numbers.push(next.value);
    expect(numbers).toEqual([1, 2, 3]);
    for await (const _ of iterableOf(Effect.succeed(Stream.never), Effect.void)) expect.unreachable();
  });

  it("that can't begin rejects with the reason when it is asked, and leaves no rejection behind", async () => {
    const unhandled: Array<unknown> = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    const failing = iterableOf(Effect.fail(new Conflict({ kind: "ticket", id: 1 })), Effect.never);
    failing[Symbol.asyncIterator]();
    expect(await rejection(failing[Symbol.asyncIterator]().next())).toBeInstanceOf(Conflict);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  it("ends by a signal that was aborted before or is later", async () => {
    expect(await Effect.runPromise(abortOf(AbortSignal.abort()))).toBeUndefined();
    const later = new AbortController();
    const ended = Effect.runPromise(abortOf(later.signal));
    later.abort();
    expect(await ended).toBeUndefined();
  });
});

describe("what is beginning", () => {
  it("is waited for by others until it ends, well or not", async () => {
    const beginnings = new Beginnings();
    expect(beginnings.all).toBeUndefined();
    const { promise, resolve } = Promise.withResolvers<void>();
    const one = Effect.runPromiseExit(beginnings.watch(Effect.promise(() => promise)));
    const two = Effect.runPromiseExit(
      beginnings.watch(
        Effect.andThen(
          Effect.promise(() => promise),
          Effect.fail("no"),
        ),
      ),
    );
    const { all } = beginnings;
    expect(all).toBeInstanceOf(Promise);
    resolve();
    await all;
    expect(beginnings.all).toBeUndefined();
    expect([Exit.isSuccess(await one), Exit.isSuccess(await two)]).toEqual([true, false]);
  });
});
