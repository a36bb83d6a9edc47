import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { readConfig } from "../config.ts";
import { log, messageOf } from "../log.ts";
import { successSchema } from "./envelope.ts";
import { jsonAnswer } from "./openapi.ts";
import { type AppEnv, router } from "./router.ts";

const check = z.object({ ok: z.boolean(), message: z.string().optional() });
const health = z.object({ database: check, storage: check }).openapi("Health");

const healthRoute = createRoute({
  method: "get",
  path: "/health",
  tags: ["Service"],
  summary: "Whether the service and what it depends on answer",
  responses: {
    200: jsonAnswer(successSchema(health), "All is well."),
    503: jsonAnswer(
      z.object({ status: z.literal(503), message: z.string(), data: health }),
      "Something does not answer.",
    ),
  },
});

/** `/health` */
export function healthRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openapi(healthRoute, async (context) => {
    // Anyone may ask: what exactly is wrong is for the log of a service that is not one's own machine's.
    const { AUTH } = readConfig(context.env);
    const answers = (call: () => Promise<unknown>) => checkOf(call, AUTH === "off");
    const [database, storage] = await Promise.all([
      answers(async () => drizzle(context.env.DB).run(sql`select tasks from owner_totals limit 1`)),
      answers(async () => context.env.MEDIA.head("health")),
    ]);
    context.header("cache-control", "no-store");
    if (database.ok && storage.ok) {
      return context.json({ status: 200 as const, message: "success" as const, data: { database, storage } }, 200);
    }
    return context.json(
      { status: 503 as const, message: "a dependency does not answer", data: { database, storage } },
      503,
    );
  });
  return routes;
}

async function checkOf(call: () => Promise<unknown>, tell: boolean): Promise<z.infer<typeof check>> {
  try {
    await call();
    return { ok: true };
  } catch (error) {
    log("health_failed", { message: messageOf(error) });
    return tell ? { ok: false, message: messageOf(error) } : { ok: false };
  }
}
