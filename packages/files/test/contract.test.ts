import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileStoreContract } from "@deskwright/testkit";
import { afterAll } from "vitest";
import { localFiles } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "deskwright-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const mounted = join(folder, "mounted");
const cut = async () => renameSync(mounted, join(folder, "unmounted"));

fileStoreContract("localFiles", localFiles(join(folder, "files")), { outage: { adapter: localFiles(mounted), cut } });
