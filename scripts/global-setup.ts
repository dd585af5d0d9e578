import type { TestProject } from "vitest/node";
import { postgres } from "./services.ts";

declare module "vitest" {
  export interface ProvidedContext {
    databaseUrl: string;
  }
}

/** Starts PostgreSQL once for the integration project; tests read `inject("databaseUrl")`. */
export default async function setup(project: TestProject) {
  const server = await postgres();
  project.provide("databaseUrl", server.url);
  return () => server.stop();
}
