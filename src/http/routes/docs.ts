import type { OpenAPIHono } from "@hono/zod-openapi";
import { html } from "hono/html";
import { readConfig } from "../../config/config.ts";
import type { AppEnv } from "../app-env.ts";
import { pageHeaders } from "../middleware/response-headers.ts";
import { addSecurity } from "../openapi-security.ts";
import { publicOrigin } from "../origin.ts";
import { router } from "../router.ts";

/** Swagger UI sets inline styles, so `unsafe-inline` is allowed for styles. Scripts must come from files of this origin. */
const PAGE_POLICY = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  "style-src": ["'self'", "'unsafe-inline'"],
  "img-src": ["'self'", "data:"],
  "connect-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'none'"],
  "frame-ancestors": ["'none'"],
};

/**
 * `/openapi.json`, which is generated from the schemas that the routes parse requests with, and `/docs`, which shows it.
 *
 * @param documented the app whose routes the document describes.
 */
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
              "Makes short videos from clips, images, narration and a script. Every JSON response is `{status, message, data}`.",
          },
          servers: [{ url: publicOrigin(context.req.url, context.env) }],
        }),
        readConfig(context.env).AUTH,
      ),
    ),
  );

  routes.get("/docs", (context) => {
    return context.html(page, 200, pageHeaders(PAGE_POLICY));
  });
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
