// `node otherProcess.ts <database URL> <schema>`: a helpdesk with sockets in a process of its own, to be killed.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createHelpdesk } from "@deskwright/core";
import { postgres } from "@deskwright/postgres";
import { attachLive } from "../src/index.ts";

const [url = "", schema = ""] = process.argv.slice(2);
const desk = await createHelpdesk({ storage: postgres({ url, schema }) });
const server = createServer();
attachLive(server, desk, {
  path: "/live",
  actor: (request) => ({
    role: "agent",
    user: { externalId: new URL(request.url ?? "", "http://localhost").searchParams.get("as") ?? "" },
  }),
  presenceMs: 200,
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
