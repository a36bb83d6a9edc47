import type { OpenAPIHono } from "@hono/zod-openapi";
import { checkAccess } from "./middleware/access.ts";
import { knownMethods } from "./middleware/allowed-methods.ts";
import { finishReading } from "./middleware/drain-body.ts";
import { requestLimits } from "./middleware/request-limits.ts";
import { answerHeaders, apiAcrossOrigins, filesAcrossOrigins } from "./middleware/response-headers.ts";
import { answerError, errorResponse, shortened } from "./response/envelope.ts";
import { FILE_PATHS } from "./response/serve-task-file.ts";
import { type AppEnv, router } from "./router.ts";
import { docsRoutes } from "./routes/docs.ts";
import { uploadRoutes } from "./routes/files.ts";
import { healthRoutes } from "./routes/health.ts";
import { streamRoutes } from "./routes/hls.ts";
import { metricsRoutes, requestMetrics } from "./routes/metrics.ts";
import { taskEventRoutes } from "./routes/task-events.ts";
import { mediaRoutes } from "./routes/task-files.ts";
import { taskSteeringRoutes } from "./routes/task-steering.ts";
import { describeWebhooks, taskWebhookRoutes } from "./routes/task-webhooks.ts";
import { taskRoutes } from "./routes/tasks.ts";
import { videoRoutes } from "./routes/videos.ts";
import { watchRoutes } from "./routes/watch.ts";

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
