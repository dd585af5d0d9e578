import type { KnipConfig } from "knip";

export default {
  // A type that is exported because a public signature names it is used by whoever reads that signature.
  ignoreExportsUsedInFile: { interface: true, type: true },
  workspaces: {
    ".": {
      entry: ["scripts/*.{ts,mjs}", "test/**/*.test.ts"],
      project: ["scripts/**", "test/**", "*.ts"],
      // test/packages.test.ts starts these by their paths.
      ignoreDependencies: ["@arethetypeswrong/cli", "publint"],
      // Installs mail servers where the tests run as root.
      ignoreBinaries: ["apt-get"],
    },
    "packages/*": {
      // Tests start some fixtures as programs of their own.
      entry: ["test/**/*.test.ts", "test/**/fixtures/*.ts"],
      project: ["src/**", "test/**"],
      // A peer, which the workspace pins to one version even where only the packages below use it.
      ignoreDependencies: ["effect"],
    },
    "examples/*": { entry: ["src/main.ts", "test/**/*.test.ts"], project: ["src/**", "test/**"] },
    // The servers are started as processes of their own.
    bench: { entry: ["run.ts", "mail.ts", "server.ts", "fanoutServer.ts"], project: ["*.ts"] },
    docs: {
      entry: ["test/**/*.test.ts"],
      project: ["test/**"],
      // The examples in the pages import these.
      ignoreDependencies: [/^@deskwright\//, "@types/express", "express"],
    },
  },
} satisfies KnipConfig;
