import { afterAll, describe, inject } from "vitest";
import { createDatabase } from "../../../packages/postgres/test/createDatabase.ts";
import { startDesk } from "./desk.ts";
import { everything } from "./wire/everything.ts";

const desk = await startDesk({ DATABASE_URL: await createDatabase(inject("databaseUrl")) });
afterAll(() => desk.end());

describe("on PostgreSQL", () => everything(desk));
