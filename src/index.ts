import type { Env } from "./env.ts";
import { createApp } from "./http/app.ts";
import { log } from "./log.ts";
import { sweepReplaced } from "./media/library.ts";
import { consume } from "./render/consumer.ts";

export { RenderContainer } from "./render/render-container.ts";
export { RenderPool } from "./render/render-pool.ts";
export { TaskObject } from "./tasks/task-object.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  queue: (batch, env) => consume(batch, env),
  async scheduled(_controller, env) {
    const removed = await sweepReplaced(env.DB, env.MEDIA, Date.now());
    if (removed > 0) log("media_swept", { removed });
  },
} satisfies ExportedHandler<Env>;
