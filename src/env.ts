import type { CostlyRequestBindings } from "./auth/costly-requests.ts";
import type { AuthorBindings } from "./authoring/author.ts";
import type { ResumableUploadBindings } from "./library/resumable/upload-calls.ts";
import type { MetricsBindings } from "./metrics/count.ts";
import type { RendererBindings } from "./renderers/bindings.ts";
import type { InputBindings } from "./storage/open-input.ts";
import type { TaskBindings } from "./tasks/bindings.ts";
import type { PlanRunnerBindings } from "./tasks/plan-runs.ts";
import type { QueueBindings } from "./tasks/queues.ts";

/** The API Worker's bindings, as wrangler.toml declares them. config/config.ts reads the settings among them. */
export interface Env
  extends AuthorBindings,
    CostlyRequestBindings,
    MetricsBindings,
    RendererBindings,
    InputBindings,
    PlanRunnerBindings,
    QueueBindings,
    ResumableUploadBindings,
    TaskBindings {
  DB: D1Database;
  /** Counts each owner's requests per minute. */
  REQUESTS: RateLimit;
}
