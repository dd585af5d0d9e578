// Vitest reads no file of this name by itself: every script names it with `--config`.
import { defineConfig } from "vitest/config";
import { missingMailServers } from "./scripts/mailServers.ts";

const folders = ["packages/*/test", "examples/*/test", "docs/test", "test"];
const packages = ["test/packages.test.ts"];
/** Tests on real mail servers, which npm does not bring. */
const mail = ["packages/email/test/**/*.integration.test.ts", "examples/*/test/**/mail*.integration.test.ts"];

// The workers of a run read this file again: only the first asks.
process.env["MISSING_MAIL_SERVERS"] ??= missingMailServers().join(" ");
const hasMail = process.env["MISSING_MAIL_SERVERS"] === "";

export default defineConfig({
  test: {
    reporters: ["default", "./scripts/closing-line.ts"],
    passWithNoTests: false,
    maxWorkers: "100%",
    // No test is about how long it takes, and machines are busy.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      reporter: ["text", "lcov"],
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: folders.map((folder) => `${folder}/**/*.test.ts`),
          exclude: ["**/*.integration.test.ts", ...packages],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: folders.map((folder) => `${folder}/**/*.integration.test.ts`),
          // What was left out for it stands above the closing line.
          exclude: hasMail ? [] : mail,
          globalSetup: ["./scripts/global-setup.ts"],
        },
      },
      // Builds, packs and installs every package: minutes on a slow machine, and no database is needed.
      {
        extends: true,
        test: { name: "packages", include: packages, testTimeout: 300_000, hookTimeout: 300_000 },
      },
    ],
  },
});
