import { afterAll, describe, inject } from "vitest";
import { createDatabase } from "../../../packages/postgres/test/createDatabase.ts";
import { startSupport } from "./support.ts";
import { everything } from "./wire/everything.ts";

const support = await startSupport({ DATABASE_URL: await createDatabase(inject("databaseUrl")) });
afterAll(() => support.end());

describe("on PostgreSQL", () => everything(support));
