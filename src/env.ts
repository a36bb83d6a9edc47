import type { WasmRenderer } from "../wasm/src/index.ts";
import type { MetricsEnv } from "./metrics/count.ts";
import type { JobMessage } from "./protocol/task-jobs.ts";
import type { RenderContainer } from "./renderers/container/render-container-object.ts";
import type { RenderPool } from "./renderers/server/render-pool.ts";
import type { TaskObject } from "./tasks/object/task-object.ts";

/** The API Worker's bindings, as wrangler.toml declares them. Settings are read by config.ts. */
export interface Env extends MetricsEnv {
  AGAIN_JOBS: Queue<JobMessage>;
  ASSETS: Fetcher;
  DB: D1Database;
  FINISH_JOBS: Queue<JobMessage>;
  MEDIA: R2Bucket;
  PLAN_JOBS: Queue<JobMessage>;
  RENDER_CONTAINERS: DurableObjectNamespace<RenderContainer>;
  RENDER_JOBS: Queue<JobMessage>;
  RENDER_POOL: DurableObjectNamespace<RenderPool>;
  /** Requests of an owner in a minute. */
  REQUESTS: RateLimit;
  TASKS: DurableObjectNamespace<TaskObject>;
  WASM: Service<typeof WasmRenderer>;
}
