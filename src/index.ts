import type { Env } from "./env.ts";
import { createApp } from "./http/app.ts";
import { consume } from "./render/consumer.ts";
import { runSweeps } from "./sweeps/run-sweeps.ts";

export { RenderContainer } from "./render/render-container.ts";
export { RenderPool } from "./render/render-pool.ts";
export { TaskObject } from "./tasks/task-object.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  queue: (batch, env) => consume(batch, env),
  scheduled: (_controller, env) => runSweeps(env),
} satisfies ExportedHandler<Env>;
