import express, { type RequestHandler, type Router } from "express";
import PostalMime from "postal-mime";
import type { Outbox } from "./Outbox.ts";

const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:15px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap;background:#f4f4f4;padding:1rem}iframe{width:100%;height:20rem;border:1px solid #ccc}</style>
<h1>${escaped(title)}</h1>
${body}`;

/** For who sits at this machine: other people's mail is in there. A page of another site can't ask under its own name. */
const localOnly: RequestHandler = (req, res, next) => {
  const isLocal = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(req.socket.remoteAddress ?? "");
  if (isLocal && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(req.hostname)) next();
  else res.status(404).end();
};

const safely =
  (csp: string): RequestHandler =>
  (_req, res, next) => {
    res.set({ "Content-Security-Policy": csp, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store" });
    next();
  };

/** Shows each mail that would have left: what it says, and how. */
export const outboxPages = (outbox: Outbox): Router => {
  const router = express.Router();
  const pages = safely("default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'");
  // A mail's own page runs nothing, loads nothing and is no page of this server.
  const framed = safely("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:");
  const mailOf = async (name: string) => {
    const raw = await outbox.read(name);
    return raw === null ? null : { raw, mail: await PostalMime.parse(raw) };
  };

  router.use(localOnly);
  router.get("/", pages, async (req, res) => {
    const rows = await Promise.all(
      outbox
        .names()
        .slice(0, 100)
        .map(async (name) => {
          const found = await mailOf(name);
          const to = found?.mail.to?.map(({ address }) => address).join(", ") ?? "";
          return `<li><a href="${escaped(req.baseUrl)}/${encodeURIComponent(name)}">${escaped(found?.mail.subject ?? name)}</a> to ${escaped(to)}</li>`;
        }),
    );
    res.send(page("Outbox", rows.length === 0 ? "<p>No mail has left yet.</p>" : `<ul>${rows.join("\n")}</ul>`));
  });
  router.get("/:name", pages, async (req, res) => {
    const found = await mailOf(String(req.params["name"]));
    if (found === null) {
      res.status(404).send(page("There is no such mail", ""));
      return;
    }
    const { mail, raw } = found;
    const head =
      Buffer.from(raw)
        .toString("latin1")
        .split(/\r?\n\r?\n/, 1)[0] ?? "";
    const frame = mail.html
      ? `<h2>HTML</h2><iframe sandbox src="${escaped(req.baseUrl)}/${encodeURIComponent(String(req.params["name"]))}/html"></iframe>`
      : "";
    const body = `<h2>Headers</h2><pre>${escaped(head)}</pre><h2>Text</h2><pre>${escaped(mail.text ?? "")}</pre>${frame}`;
    res.send(page(mail.subject ?? "A mail", body));
  });
  router.get("/:name/html", framed, async (req, res) => {
    const found = await mailOf(String(req.params["name"]));
    if (found === null) res.status(404).end();
    else res.type("html").send(found.mail.html ?? "");
  });
  return router;
};
