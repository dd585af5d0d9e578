import { describe, expect, test } from "vitest";
import { breaches, importsOf, kindOf } from "./importRules.ts";

const core = (file: string, text: string) => ({ path: `packages/core/src/${file}`, text });

// What the snippets below import, one file of each kind.
const world = [
  core("Errors.ts", 'import * as Schema from "effect/Schema";'),
  core("clean.ts", "export const clean = 1;"),
  core("Storage.ts", 'import * as Context from "effect/Context";'),
  core("Writer.ts", "export class Writer extends Context.Service<Writer>() {}"),
  core("createHelpdesk.ts", ""),
  core("memory/MemoryStorage.ts", ""),
  core("ticket/Ticket.ts", 'import * as Schema from "effect/Schema";'),
  core("ticket/status.ts", ""),
  core("ticket/Tickets.ts", "export class Tickets extends Context.Service<Tickets>() {}"),
  core("user/User.ts", 'import * as Schema from "effect/Schema";'),
  core("user/person.ts", ""),
  core("user/Users.ts", "export class Users extends Context.Service<Users>() {}"),
];

const judge = (path: string, text: string) => breaches([...world.filter((file) => file.path !== path), { path, text }]);

describe("a breach is found and named", () => {
  test.each([
    // Pure files.
    ["core/src/ticket/status.ts", 'import * as Effect from "effect/Effect";', "imports no package"],
    ["core/src/ticket/status.ts", 'import type { Schema } from "effect";', "imports no package"],
    ["core/src/ticket/status.ts", 'import { randomUUID } from "node:crypto";', "imports no package"],
    ["core/src/ticket/status.ts", 'import type { Storage } from "../Storage.ts";', "never imports a port"],
    ["core/src/ticket/status.ts", 'import type { Tickets } from "./Tickets.ts";', "never imports a service"],
    ["core/src/ticket/status.ts", 'import { Ticket } from "./Ticket.ts";', "data with `import type`"],
    ["core/src/ticket/status.ts", 'import { person } from "../user/person.ts";', "its own folder or of the root"],
    ["core/src/ticket/status.ts", "const now = Date.now();", "never reads a clock or randomness"],
    ["core/src/ticket/status.ts", "const now = new Date();", "never reads a clock or randomness"],
    ["core/src/ticket/status.ts", "const dice = Math.random();", "never reads a clock or randomness"],
    ["core/src/ticket/status.ts", "const id = crypto.randomUUID();", "never reads a clock or randomness"],
    // Data.
    ["core/src/ticket/Ticket.ts", 'import { Storage } from "../Storage.ts";', "data never imports a port"],
    ["core/src/ticket/Ticket.ts", 'import { Tickets } from "./Tickets.ts";', "data never imports a service"],
    ["core/src/ticket/Ticket.ts", 'import { hostname } from "node:os";', "imports nothing of Node.js"],
    // Ports.
    ["core/src/Storage.ts", 'import { Tickets } from "./ticket/Tickets.ts";', "a port never imports a service"],
    ["core/src/Storage.ts", 'import * as Effect from "effect/Effect";', "a port imports only types of effect"],
    // Services.
    [
      "core/src/ticket/Tickets.ts",
      'import * as Effect from "effect/Effect";\nimport { Users } from "../user/Users.ts";',
      "never imports the service of another folder",
    ],
    ["core/src/ticket/Tickets.ts", 'import express from "express";', "core depends on effect alone"],
    ["core/src/ticket/Tickets.ts", 'import { files } from "@deskwright/files";', "core depends on effect alone"],
    ["core/src/ticket/Ticket.ts", 'import { x } from "../createHelpdesk.ts";', "only doors and the wiring"],
    ["core/src/Writer.ts", 'import { x } from "./memory/MemoryStorage.ts";', "core never imports an adapter"],
    [
      "core/src/memory/MemoryStorage.ts",
      'import { Writer } from "../Writer.ts";',
      "an adapter never imports a service",
    ],
    ["core/src/promises.ts", 'import { Users } from "./user/Users.ts";', "a bridge never imports a service"],
    // Other packages.
    ["core/src/Writer.ts", 'import { x } from "../../files/src/index.ts";', "never reaches into another one"],
    ["files/src/index.ts", 'import { x } from "../../core/src/Storage.ts";', "never reaches into another one"],
    ["files/src/index.ts", 'import { desk } from "@deskwright/core";', "only @deskwright/core/effect"],
    ["files/src/index.ts", 'import { x } from "@deskwright/core/src/Storage.ts";', "only @deskwright/core/effect"],
    ["postgres/src/index.ts", 'import { x } from "@deskwright/files";', "only @deskwright/core/effect"],
    ["websocket/src/index.ts", 'import { x } from "@deskwright/core/effect";', "imports of ours only"],
    ["express/src/index.ts", 'import { SqlClient } from "effect/sql";', "only packages/postgres speaks SQL"],
    ["websocket/src/index.ts", 'import { x } from "effect/sql/SqlClient";', "only packages/postgres speaks SQL"],
    ["files/src/index.ts", 'const pg = await import("@effect/sql-pg");', "only packages/postgres speaks SQL"],
    ["core/src/Writer.ts", 'import { SqlClient } from "effect/sql";', "only packages/postgres speaks SQL"],
    ["websocket/src/index.ts", 'export * from "effect/http-api";', "only packages/api defines the HTTP contract"],
  ])("packages/%s: %s", (path, text, rule) => {
    const found = judge(`packages/${path}`, text).filter((breach) => breach.includes(rule));
    expect(found).toEqual([expect.stringMatching(`^packages/${path} (?:imports|uses) `)]);
  });
});

describe("what is allowed passes", () => {
  test.each([
    ["core/src/ticket/status.ts", 'import type { User } from "../user/User.ts";\nimport { clean } from "../clean.ts";'],
    ["core/src/ticket/status.ts", "const then = new Date(0); // never new Date() or Date.now()"],
    ["core/src/ticket/Ticket.ts", 'import * as Schema from "effect/Schema";\nimport { User } from "../user/User.ts";'],
    [
      "core/src/Storage.ts",
      'import * as Context from "effect/Context";\nimport type * as Effect from "effect/Effect";',
    ],
    ["core/src/ticket/Tickets.ts", 'import { Effect } from "effect";\nimport { Writer } from "../Writer.ts";'],
    ["core/src/React.ts", 'import { Effect } from "effect";\nimport { Users } from "./user/Users.ts";'],
    ["core/src/memory/apply.ts", 'import type { Storage } from "../Storage.ts";'],
    ["core/src/index.ts", 'export { createHelpdesk } from "./createHelpdesk.ts";'],
    [
      "postgres/src/index.ts",
      'import { Storage } from "@deskwright/core/effect";\nimport { Pg } from "@effect/sql-pg";',
    ],
    ["api/src/index.ts", 'import { HttpApi } from "effect/http-api";'],
    [
      "express/src/index.ts",
      'import { api } from "@deskwright/api";\nimport { HttpApiBuilder } from "effect/http-api";',
    ],
    [
      "websocket/src/index.ts",
      'import type { Helpdesk } from "@deskwright/core";\nimport { WebSocketServer } from "ws";',
    ],
  ])("packages/%s: %s", (path, text) => {
    expect(judge(`packages/${path}`, text)).toEqual([]);
  });
});

test.each([
  ["index.ts", "", "wiring"],
  ["promises.ts", 'import * as Effect from "effect/Effect";', "bridge"],
  ["file/FileStore.ts", "extends Context.Service<FileStore>()", "port"],
  ["memory/apply.ts", "", "adapter"],
  ["user/person.ts", "", "pure"],
  ["user/User.ts", 'import * as Schema from "effect/Schema";', "data"],
  ["user/User.ts", 'import type * as Effect from "effect/Effect";', "data"],
  ["user/Users.ts", "class Users extends Context.Service<Users>()", "service"],
  ["user/Choices.ts", 'import * as Effect from "effect/Effect";', "part"],
])("%s is told by its name and its imports: %s is %s", (file, text, kind) => {
  expect(kindOf(core(file, text))).toBe(kind);
});

test.each([
  ['import { a } from "x";', [{ from: "x", typeOnly: false }]],
  ['import type { A } from "x";', [{ from: "x", typeOnly: true }]],
  ['import { type A, type B } from "x";', [{ from: "x", typeOnly: true }]],
  ['import { type A, b } from "x";', [{ from: "x", typeOnly: false }]],
  ['import {\n  a,\n  b,\n} from "x";', [{ from: "x", typeOnly: false }]],
  ['import type * as A from "x";', [{ from: "x", typeOnly: true }]],
  ['export * from "x";', [{ from: "x", typeOnly: false }]],
  ['export type { A } from "x";', [{ from: "x", typeOnly: true }]],
  ['import "x";', [{ from: "x", typeOnly: false }]],
  ['const x = await import("x");', [{ from: "x", typeOnly: false }]],
  ['/** Example:\n * import { a } from "x";\n */\n// import { b } from "y";', []],
  ['export const from = "x";', []],
  ['export const a = 1;\nimport { b } from "x";', [{ from: "x", typeOnly: false }]],
])("the imports of %j are read", (text, expected) => {
  expect(importsOf(text)).toEqual(expected);
});
