import { createRequire } from "node:module";
import { dirname } from "node:path";
import { Router } from "express";

const require = createRequire(import.meta.url);
const root = dirname(require.resolve("swagger-ui-dist/package.json"));

/** The page's files are its own: nothing comes from elsewhere, and no script stands in the page. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
].join("; ");

export interface DocsOptions {
  /** The title of the page. */
  readonly title: string;
  /** The OpenAPI document, asked for once. */
  readonly document: () => object;
}

const page = (title: string, folder: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<link rel="stylesheet" href="${folder}swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="${folder}swagger-ui-bundle.js"></script>
<script src="${folder}start.js"></script>
</body>
</html>
`;

const start = `SwaggerUIBundle({
  url: new URL("../openapi.json", document.currentScript.src).href,
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
});
`;

/**
 * An OpenAPI document at `/openapi.json`, and Swagger UI for it at `/docs`, wherever this is mounted. The title is the
 * host's own and put into the page as it is.
 *
 * @since 0.1.0
 */
export const docs = ({ title, document: make }: DocsOptions): Router => {
  const router = Router();
  let document: string | undefined;
  router.get("/openapi.json", (_req, res) => {
    document ??= JSON.stringify(make());
    res.type("json").send(document);
  });
  router.get("/docs", (req, res) => {
    res.setHeader("Content-Security-Policy", policy);
    // With or without the slash at the end of its address the page must find its files.
    res.type("html").send(page(title, req.path.endsWith("/") ? "" : "docs/"));
  });
  router.get("/docs/start.js", (_req, res) => {
    res.type("js").send(start);
  });
  for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"])
    router.get(`/docs/${name}`, (_req, res) => {
      res.sendFile(name, { root });
    });
  return router;
};
