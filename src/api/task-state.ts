/** The stages of a task, in order. The last three are final, but a retry can resume a failed or cancelled task. */
export const stages = [
  "queued",
  "writing",
  "speaking",
  "gathering",
  "planning",
  "rendering",
  "assembling",
  "succeeded",
  "failed",
  "cancelled",
] as const;
export type Stage = (typeof stages)[number];

/** The values of `failed_stage`, as MoneyPrinterTurbo names them. */
export const failedStages = ["preflight", "script", "terms", "audio", "materials", "video", "pipeline"] as const;
export type FailedStage = (typeof failedStages)[number];

/** The kinds of renderers: ffmpeg in a Cloudflare container, a render server that is called over HTTP, or ffmpeg.wasm. */
export const rendererKinds = ["container", "http", "wasm"] as const;
export type RendererKind = (typeof rendererKinds)[number];

/** MoneyPrinterTurbo's number for a stage: 4 processing, 1 success, -1 failed or cancelled. */
export function stateCode(stage: Stage): 4 | 1 | -1 {
  if (stage === "succeeded") return 1;
  return canRetry(stage) ? -1 : 4;
}

/** Whether a retry can resume a task in this stage. A task that succeeded has nothing left to do. */
export function canRetry(stage: Stage): boolean {
  return stage === "failed" || stage === "cancelled";
}

/** Whether a task in this stage does no more work until it is retried. */
export function isFinal(stage: Stage): boolean {
  return stateCode(stage) !== 4;
}
