import { StorageError } from "@deskwright/core";
import express, { type ErrorRequestHandler } from "express";
import { describe, expect, test } from "vitest";
import { helpdesk, problemOf, statusOf } from "../src/index.ts";
import { Unauthorized } from "../src/login.ts";
import { actor, askingApp, newDesk } from "./apiClient.ts";

const ada = { as: "customer:ada" };
const opening = { ...ada, body: { subject: "Printer on fire", text: "Help" } };

describe("the API", () => {
  test.each(["/", "/support", "/a/b/c", "/tenants/:tenant/support"])("works under %s", async (path) => {
    const desk = await newDesk();
    const ask = await askingApp(express().use(path, helpdesk(desk, { actor })));
    const at = path === "/" ? "" : path.replace(":tenant", "acme");
    expect((await ask("POST", `${at}/tickets`, opening)).status).toBe(201);
    expect((await ask("GET", `${at}/tickets/1`, ada)).json).toMatchObject({ id: 1 });
    expect((await ask("GET", `${at}/tickets/?limit=1`, ada)).json.items).toHaveLength(1);
    expect((await ask("GET", `${at}/docs/`)).status).toBe(200);
  });

  test.each([
    ["before express.json()", (app: express.Express, api: express.RequestHandler) => app.use(api).use(express.json())],
    ["after express.json()", (app: express.Express, api: express.RequestHandler) => app.use(express.json()).use(api)],
    [
      "after express.json() and express.urlencoded()",
      (app: express.Express, api: express.RequestHandler) =>
        app.use(express.json(), express.urlencoded({ extended: true })).use(api),
    ],
  ])("works %s", async (_, mount) => {
    const app = express().set("query parser", "extended");
    const ask = await askingApp(mount(app, helpdesk(await newDesk(), { actor })) as express.Express);
    expect((await ask("POST", "/tickets", opening)).status).toBe(201);
    expect((await ask("POST", "/tickets", { ...ada, body: { subject: "" } })).json.errors).toHaveLength(2);
    const form = new FormData();
    form.append("files", new Blob(["abc"]), "a.txt");
    expect((await ask("POST", "/files", { ...ada, body: form })).status).toBe(201);
    expect((await ask("GET", "/tickets?tag[]=a", ada)).json.errors).toMatchObject([{ path: ["tag[]"] }]);
  });

  test.each(["application/x-www-form-urlencoded", "text/plain", "text/plain; a=json"])(
    "takes no body of the type %s, whatever the host's parsers make of it",
    async (type) => {
      const app = express().use(express.urlencoded({ extended: true }), express.json({ type: "text/plain" }));
      // A parser of the host's own that asks for no type.
      app.use((req, _res, next) => {
        req.body ??= { subject: "A", text: "B" };
        next();
      });
      const desk = await newDesk();
      const ask = await askingApp(app.use(helpdesk(desk, { actor })));
      const body = type.startsWith("text/plain") ? '{"subject":"A","text":"B"}' : "subject=A&text=B";
      const answer = await ask("POST", "/tickets", { ...ada, body, headers: { "content-type": type } });
      expect([answer.status, answer.json.code]).toEqual([415, "UnsupportedMediaType"]);
      expect((await desk.tickets.list()).items).toEqual([]);
    },
  );

  test("takes a body of a type that ends in +json, as the host has parsed it", async () => {
    const app = express().use(express.json({ type: "+json" }));
    const ask = await askingApp(app.use(helpdesk(await newDesk(), { actor })));
    const headers = { "content-type": "application/vnd.api+json" };
    expect((await ask("POST", "/tickets", { ...opening, headers })).status).toBe(201);
  });

  test("lives beside the host's own routes and lets pass what is not its own", async () => {
    const app = express();
    app.get("/support/tickets/mine", (_req, res) => {
      res.json("the host's, before");
    });
    app.use("/support", helpdesk(await newDesk(), { actor, docs: false }));
    app.get(["/support/own", "/support/docs", "/support/tickets/1/own"], (_req, res) => {
      res.json("the host's, after");
    });
    app.use((_req, res) => {
      res.status(404).json("the host's own 404");
    });
    const ask = await askingApp(app);
    expect((await ask("GET", "/support/tickets/mine")).json).toBe("the host's, before");
    // Nobody is asked who they are for what is not ours.
    for (const path of ["/support/own", "/support/docs", "/support/tickets/1/own"])
      expect((await ask("GET", path)).json).toBe("the host's, after");
    for (const path of ["/support", "/support/ticketsX", "/tickets", "/support/openapi.json"])
      expect((await ask("GET", path)).json, path).toBe("the host's own 404");
  });

  test("may stand under a path that says whose it is", async () => {
    const app = express();
    const api = helpdesk(await newDesk(), {
      actor: ({ params }) => ({ role: "agent", user: { externalId: "greg" }, tenant: String(params["tenant"]) }),
    });
    const ask = await askingApp(app.use("/tenants/:tenant/support/:id", api));
    expect((await ask("GET", "/tenants/acme/support/5/me")).json).toMatchObject({ tenant: "acme" });
    const body = { subject: "A", text: "B", requester: { externalId: "ada" } };
    expect((await ask("POST", "/tenants/acme/support/5/tickets", { body })).json.id).toBe(1);
    expect((await ask("GET", "/tenants/acme/support/5/tickets/1")).status).toBe(200);
    expect((await ask("GET", "/tenants/other/support/5/tickets/1")).status).toBe(404);
  });

  test("may be mounted twice in one app, each with its own helpdesk", async () => {
    const [one, two] = [await newDesk(), await newDesk()];
    const app = express();
    app.use("/one", helpdesk(one, { actor }));
    app.use("/two", helpdesk(two, { actor }));
    const ask = await askingApp(app);
    expect((await ask("POST", "/one/tickets", opening)).status).toBe(201);
    expect((await ask("GET", "/one/tickets/1", ada)).status).toBe(200);
    expect((await ask("GET", "/two/tickets/1", ada)).status).toBe(404);
  });

  test("sends no header that the host turned off", async () => {
    const app = express()
      .disable("x-powered-by")
      .use(helpdesk(await newDesk(), { actor }));
    const ask = await askingApp(app);
    expect((await ask("GET", "/tickets", ada)).headers.get("x-powered-by")).toBe(null);
  });

  test("answers HEAD as GET, without the body", async () => {
    const ask = await askingApp(express().use(helpdesk(await newDesk(), { actor })));
    const got = await ask("GET", "/tickets", ada);
    const head = await ask("HEAD", "/tickets", ada);
    expect([head.status, head.text]).toEqual([200, ""]);
    expect(head.headers.get("content-length")).toBe(got.headers.get("content-length"));
  });
});

describe("who is asking", () => {
  const errors: ErrorRequestHandler = (error, _req, res, _next) => {
    res.status(statusOf(error)).json({ ours: problemOf(error).code, host: error.message });
  };
  const askAs = async (who: Parameters<typeof helpdesk>[1]["actor"]) =>
    askingApp(
      express()
        .use("/support", helpdesk(await newDesk(), { actor: who }))
        .use(errors),
    );

  test.each([
    ["null", () => null],
    ["undefined", () => undefined],
    ["a promise of nobody", async () => null],
    ["a token that is not good", () => Promise.reject(new Unauthorized())],
  ])("is 401 where the host says %s", async (_, who) => {
    const answer = await (await askAs(who))("GET", "/support/tickets/1");
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(answer.json).toMatchObject({ status: 401, code: "Unauthorized" });
  });

  test("is asked before anything else is looked at", async () => {
    const ask = await askAs(() => null);
    expect(
      (await ask("POST", "/support/tickets", { body: "{broken", headers: { "content-type": "application/json" } }))
        .status,
    ).toBe(401);
    expect((await ask("GET", "/support/tickets/none")).status).toBe(401);
  });

  test("is unknown while the keys of tokens can't be had, which passes", async () => {
    const ask = await askAs(() => Promise.reject(new StorageError({ reason: "no keys", retryable: true })));
    expect((await ask("GET", "/support/me")).json).toMatchObject({ status: 503, code: "StorageError" });
  });

  test("may fail in the host's own way, which its own handler answers", async () => {
    const ask = await askAs(() => {
      throw Object.assign(new Error("session store is away"), { status: 403 });
    });
    const answer = await ask("GET", "/support/me");
    expect([answer.status, answer.json]).toEqual([403, { ours: "Forbidden", host: "session store is away" }]);
  });

  test("may be a user by our number, or one who comes for the first time", async () => {
    const desk = await newDesk();
    const { id } = await desk.users.create({ name: "Ada" });
    const ask = await askingApp(express().use(helpdesk(desk, { actor: () => ({ role: "customer", user: id }) })));
    expect((await ask("GET", "/me")).json.user).toBe(id);
    const other = await askingApp(express().use(helpdesk(desk, { actor })));
    const came = (await other("GET", "/me", { as: "customer:new" })).json.user;
    expect(came).not.toBe(id);
    expect((await other("GET", "/me", { as: "customer:new" })).json.user).toBe(came);
  });
});
