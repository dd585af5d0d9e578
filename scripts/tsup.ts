import { defineConfig } from "tsup";

/**
 * How every package is built. ES modules only: a second, CommonJS copy would give `import` and `require` two different
 * classes in one process, and a service provided by one half would be missing in the other. Node.js 22 and later
 * `require` ES modules.
 */
export const library = (...entry: ReadonlyArray<string>) =>
  defineConfig({
    entry: [...entry],
    format: ["esm"],
    target: "node22",
    platform: "node",
    sourcemap: true,
    clean: true,
    treeshake: false,
  });
