import { storageContract } from "@deskwright/testkit";
import { Database } from "../src/Database.ts";
import { myStorage } from "../src/myStorage.ts";

const doomed = new Database();

storageContract("a storage of plain async functions", myStorage(new Database()), {
  outage: { adapter: myStorage(doomed), cut: () => doomed.close() },
});
