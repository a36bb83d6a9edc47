import type { WasmRenderer } from "../wasm/src/index.ts";
import type { JobMessage } from "./tasks/jobs.ts";
import type { TaskObject } from "./tasks/task-object.ts";

/** The API Worker's bindings, as wrangler.toml declares them. Settings are read by config.ts. */
export interface Env {
  ASSETS: Fetcher;
  DB: D1Database;
  JOBS: Queue<JobMessage>;
  MEDIA: R2Bucket;
  TASKS: DurableObjectNamespace<TaskObject>;
  WASM: Service<typeof WasmRenderer>;
}
