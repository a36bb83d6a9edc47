import type { OpenAPIHono } from "@hono/zod-openapi";
import { checkAccess } from "./access.ts";
import { answerHeaders, apiAcrossOrigins, filesAcrossOrigins } from "./answer-headers.ts";
import { docsRoutes } from "./docs.ts";
import { answerError, errorResponse, shortened } from "./envelope.ts";
import { FILE_PATHS } from "./file-answer.ts";
import { healthRoutes } from "./health.ts";
import { knownMethods } from "./known-methods.ts";
import { mediaRoutes } from "./media.ts";
import { metricsRoutes, requestMetrics } from "./metrics.ts";
import { requestLimits } from "./request-limits.ts";
import { type AppEnv, router } from "./router.ts";
import { streamRoutes } from "./stream.ts";
import { taskEventRoutes } from "./task-events.ts";
import { taskSteeringRoutes } from "./task-steering.ts";
import { describeWebhooks, taskWebhookRoutes } from "./task-webhooks.ts";
import { taskRoutes } from "./tasks.ts";
import { finishReading } from "./unread-body.ts";
import { uploadRoutes } from "./uploads.ts";
import { videoRoutes } from "./videos.ts";
import { watchRoutes } from "./watch.ts";

/** The whole API. */
export function createApp(): OpenAPIHono<AppEnv> {
  const app = router();
  app.use(requestMetrics);
  app.use(answerHeaders, finishReading, requestLimits);
  for (const path of FILE_PATHS) app.use(path, filesAcrossOrigins);
  app.use(apiAcrossOrigins);
  app.use(knownMethods(() => app.routes));
  app.use(checkAccess);
  app.route("/", videoRoutes());
  app.route("/", taskRoutes());
  app.route("/", taskEventRoutes());
  app.route("/", taskSteeringRoutes());
  app.route("/", taskWebhookRoutes());
  app.route("/", uploadRoutes());
  app.route("/", streamRoutes());
  app.route("/", mediaRoutes());
  app.route("/", watchRoutes());
  app.route("/", healthRoutes());
  app.route("/", metricsRoutes());
  app.route("/", docsRoutes(app));
  describeWebhooks(app.openAPIRegistry);
  app.notFound((context) => errorResponse(404, `there is no ${context.req.method} ${shortened(context.req.path)}`));
  app.onError((error) => answerError(error));
  return app;
}
