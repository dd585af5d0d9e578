import { parse } from "node:querystring";
import { type Endpoint, fileAnswer, HttpError, makeEndpoints, openApi } from "@deskwright/api";
import { type ActorRef, type Desk, type Helpdesk, InvalidInput, StorageError } from "@deskwright/core";
import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from "express";
import { sendJson, sendProblem } from "./answers.ts";
import { sendBytes, sendFile } from "./Download.ts";
import { docs } from "./docs.ts";
import { jsonBody } from "./jsonBody.ts";
import { Unauthorized } from "./login/Unauthorized.ts";
import { receiveFiles, type UploadLimits } from "./Upload.ts";

export interface HelpdeskOptions extends UploadLimits {
  /**
   * Who is asking, as the host's own login says; nobody is answered 401. What it throws goes to the host's error
   * handler, save for what `jwtVerifier` rejects with.
   */
  readonly actor: (req: Request) => ActorRef | null | undefined | Promise<ActorRef | null | undefined>;
  /** Whether `/openapi.json` and `/docs` are served, to anybody; true by default. */
  readonly docs?: boolean;
}

type Work = (req: Request, res: Response, desk: Desk) => Promise<void>;

interface Route extends Pick<Endpoint, "method" | "path"> {
  readonly work: Work;
}

const queryOf = ({ url }: Request) => {
  const mark = url.indexOf("?");
  return mark < 0 ? {} : parse(url.slice(mark + 1), "&", "=", { maxKeys: 0 });
};

const callOf = ({ method, path, hasBody, answer }: Endpoint): Route => ({
  method,
  path,
  work: async (req, res, desk) => {
    const body = hasBody ? await jsonBody(req, res) : undefined;
    const answered = await answer(desk, { params: req.params, query: queryOf(req), headers: req.headers, body });
    if (answered.etag !== null) res.setHeader("ETag", answered.etag);
    if (answered.body === null) res.writeHead(answered.status).end();
    else sendJson(res, answered.status, answered.body);
  },
});

const idOf = ({ params: { id } }: Request): number => {
  if (/^\d{1,15}$/.test(String(id))) return Number(id);
  throw new InvalidInput({ issues: [{ path: ["id"], message: "Expected a number" }] });
};

const routesOf = (limits: UploadLimits): ReadonlyArray<Route> => [
  ...makeEndpoints().map(callOf),
  {
    method: "POST",
    path: "/files",
    work: async (req, res, desk) => {
      const files = await receiveFiles(req, res, desk, limits);
      sendJson(res, 201, JSON.stringify(files.map(fileAnswer)));
    },
  },
  {
    method: "GET",
    path: "/inbound/:id/raw",
    work: async (req, res, desk) => sendBytes(res, await desk.inbound.raw(idOf(req)), `inbound-${idOf(req)}.eml`),
  },
  { method: "GET", path: "/files/:id/content", work: (req, res, desk) => sendFile(req, res, desk, idOf(req)) },
];

/** Answers to methods that a path of ours does not take. */
const refuse = (routes: ReadonlyArray<Route>): RequestHandler => {
  const methods = routes.map(({ method }) => method);
  const allowed = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  return (req, res) => {
    res.setHeader("Allow", allowed);
    if (req.method === "OPTIONS") res.writeHead(204).end();
    else sendProblem(res, new HttpError(405, "MethodNotAllowed", `Allowed here: ${allowed}.`));
  };
};

/** Express can't decode some addresses; what else went wrong before is the host's to answer. */
const malformed: ErrorRequestHandler = (error, _req, res, next) => {
  if (error instanceof URIError) sendProblem(res, new HttpError(400, "MalformedPath", error.message));
  else next(error);
};

/**
 * Mounts the whole HTTP API of a helpdesk in an Express app, under any path, before or after `express.json()`. Requests
 * for paths that are not the helpdesk's are passed on.
 *
 * @since 0.1.0
 */
export const helpdesk = (
  desk: Pick<Helpdesk, "as">,
  { actor, docs: isDocumented = true, ...limits }: HelpdeskOptions,
): RequestHandler => {
  const asking = async (req: Request): Promise<Desk> => {
    const who = await actor(req);
    if (!who) throw new Unauthorized("Nobody is logged in.");
    return desk.as(who);
  };
  const serve =
    (work: Work): RequestHandler =>
    async (req, res, next) => {
      let asked: Desk;
      try {
        asked = await asking(req);
      } catch (error) {
        if (error instanceof Unauthorized || error instanceof StorageError) sendProblem(res, error);
        else next(error);
        return;
      }
      try {
        await work(req, res, asked);
      } catch (error) {
        sendProblem(res, error);
      }
    };

  // The host's own parameters are for `actor`: whose tenant it is may stand in the path.
  const router = Router({ mergeParams: true });
  for (const [path, routes] of Map.groupBy(routesOf(limits), ({ path }) => path)) {
    const route = router.route(path);
    for (const { method, work } of routes) route[method.toLowerCase() as Lowercase<Route["method"]>](serve(work));
    route.all(refuse(routes));
  }
  if (isDocumented) router.use(docs({ title: "Deskwright API", document: openApi }));
  router.use(malformed);
  return router;
};
