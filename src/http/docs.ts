import type { OpenAPIHono } from "@hono/zod-openapi";
import { html } from "hono/html";
import { describeAccess } from "./openapi-access.ts";
import { publicOrigin } from "./origin.ts";
import { type AppEnv, router } from "./router.ts";

/** `/openapi.json`, generated from the schemas that the routes parse with, and `/docs`, which shows it. */
export function docsRoutes(documented: OpenAPIHono<AppEnv>): OpenAPIHono<AppEnv> {
  const routes = router();

  routes.get("/openapi.json", (context) =>
    context.json(
      describeAccess(
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
      ),
    ),
  );

  routes.get("/docs", (context) => {
    context.header(
      "content-security-policy",
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'",
    );
    return context.html(page);
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
    <link rel="stylesheet" href="/vendor/swagger-ui/swagger-ui.css" />
  </head>
  <body>
    <div id="reference"></div>
    <script src="/vendor/swagger-ui/swagger-ui-bundle.js"></script>
    <script>
      SwaggerUIBundle({ url: "/openapi.json", dom_id: "#reference" });
    </script>
  </body>
</html>`;
