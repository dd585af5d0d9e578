import { memory, memoryFiles } from "@deskwright/core/memory";
import { fileStoreContract, outageTest, storageContract } from "@deskwright/testkit";

const outage = { test: outageTest, reason: "memory has no connection that could break" };

storageContract("memory", memory(), { skip: [outage] });

fileStoreContract("files in memory", memoryFiles(), {
  skip: [
    outage,
    {
      test: "a file of 64 MB is written and read without being held in memory",
      reason: "memory is where it holds files",
    },
  ],
});
