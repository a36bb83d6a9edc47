import type { Env } from "./env.ts";
import { createApp } from "./http/app.ts";
import { consume } from "./jobs/consumer.ts";
import { runSweeps } from "./sweeps/run-sweeps.ts";

export { PlanRunner } from "./jobs/plan-runner.ts";
export { UploadObject } from "./library/resumable/upload-object.ts";
export { RenderContainer } from "./renderers/container/render-container-object.ts";
export { RenderPool } from "./renderers/server/render-pool.ts";
export { TaskObject } from "./tasks/object/task-object.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  queue: (batch, env) => consume(batch, env),
  scheduled: (_controller, env) => runSweeps(env),
} satisfies ExportedHandler<Env>;
