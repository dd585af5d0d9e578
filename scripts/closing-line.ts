import type { Reporter, TestModule } from "vitest/node";

/** Ends the log with one plain line, such as `12 passed, 0 failed`, after coverage and everything else. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<unknown>) {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++;
      // A file which could not be loaded has no tests, and is a failure all the same.
      if (module.state() === "failed" && module.errors().length > 0) count.failed++;
    }
    const servers = process.env["MISSING_MAIL_SERVERS"];
    const skipped = count.skipped + count.pending;
    const line =
      `${count.passed} passed, ${count.failed} failed` +
      (servers ? ", the tests on mail servers not run" : "") +
      (skipped > 0 ? `, ${skipped} skipped` : "") +
      (unhandled.length > 0 ? `, ${unhandled.length} errors outside tests` : "");
    process.once("exit", (code) => {
      const other = code !== 0 && count.failed === 0 && unhandled.length === 0;
      if (servers)
        console.log(`NOT RUN: the tests on real mail servers. sudo apt-get install --no-install-recommends ${servers}`);
      process.stdout.write(`${line}${other ? ", and the run failed (see above)" : ""}\n`);
    });
  }
}
