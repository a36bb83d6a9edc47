import type { OpenAPIHono } from "@hono/zod-openapi";
import { html } from "hono/html";
import { readConfig } from "../../config/config.ts";
import type { AppEnv } from "../app-env.ts";
import { addSecurity } from "../openapi-security.ts";
import { pageHeaders } from "../middleware/response-headers.ts";
import { publicOrigin } from "../origin.ts";
import { router } from "../router.ts";

/** Swagger UI writes styles into its elements, which is what `unsafe-inline` is for: styles, never scripts. */
const POLICY = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  "style-src": ["'self'", "'unsafe-inline'"],
  "img-src": ["'self'", "data:"],
  "connect-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'none'"],
  "frame-ancestors": ["'none'"],
};

/** `/openapi.json`, generated from the schemas that the routes parse with, and `/docs`, which shows it. */
export function docsRoutes(documented: OpenAPIHono<AppEnv>): OpenAPIHono<AppEnv> {
  const routes = router();

  routes.get("/openapi.json", (context) =>
    context.json(
      addSecurity(
        documented.getOpenAPI31Document({
          openapi: "3.1.0",
          info: {
            title: "Edgereel",
            version: "1",
            description:
              "Makes short videos from clips, images, narration and a script. Every JSON answer is `{status, message, data}`.",
          },
          servers: [{ url: publicOrigin(context.req.url, context.env) }],
        }),
        readConfig(context.env).AUTH,
      ),
    ),
  );

  routes.get("/docs", (context) => {
    return context.html(page, 200, pageHeaders(POLICY));
  });
  routes.get("/", (context) => context.redirect("/docs"));
  return routes;
}

const page = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Edgereel API</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/vendor/swagger-ui/swagger-ui.css" />
  </head>
  <body>
    <div id="reference"></div>
    <script src="/vendor/swagger-ui/swagger-ui-bundle.js"></script>
    <script src="/reference/reference.js"></script>
  </body>
</html>`;
