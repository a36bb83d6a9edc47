import type { RendererKind } from "../api/task-state.ts";
import { type Config, ConfigError, readConfig } from "../config/config.ts";
import type { AvoidedRenderer } from "../protocol/task-input.ts";
import { PlanError } from "../timeline/plan-timeline.ts";
import type { RendererBindings } from "./bindings.ts";
import { containerRenderer, isContainerBound } from "./container/container-renderer.ts";
import { RenderError, type Renderer } from "./renderer.ts";
import { httpRenderer } from "./server/http-renderer.ts";
import { wasmRenderer } from "./wasm/wasm-renderer.ts";

/**
 * The renderers that a new plan may use, the preferred one first. That is the renderer that `RENDERER` names. With
 * `auto` it is the container if the deployment has one, then the render servers at `RENDERER_URL` if set, then
 * ffmpeg.wasm.
 *
 * @param avoided renderers to leave out because they did not answer.
 */
export async function renderersFor(env: RendererBindings, avoided: readonly AvoidedRenderer[]): Promise<Renderer[]> {
  const kinds = await candidates(env, readConfig(env));
  return kinds
    .filter((kind) => !avoided.some(({ renderer }) => renderer === kind))
    .map((kind) => rendererOf(kind, env));
}

async function candidates(env: RendererBindings, config: Config): Promise<RendererKind[]> {
  if (config.RENDERER !== "auto") return [config.RENDERER];
  const kinds: RendererKind[] = [];
  if (await isContainerBound(env)) kinds.push("container");
  if (config.RENDERER_URL) kinds.push("http");
  return [...kinds, "wasm"];
}

/**
 * The renderer of a kind, such as the one that a task was planned for.
 *
 * @throws ConfigError if it is not configured any more.
 */
export function rendererOf(kind: RendererKind, env: RendererBindings): Renderer {
  const config = readConfig(env);
  switch (kind) {
    case "container":
      return containerRenderer(env, config);
    case "http":
      if (!config.RENDERER_URL) throw new ConfigError("RENDERER_URL is not set, and the http renderer needs it");
      return httpRenderer(env, config.RENDERER_URL, config);
    case "wasm":
      return wasmRenderer(env.WASM, config);
  }
}

/**
 * Calls `plan` with the preferred renderer.
 *
 * @param renderers the result of {@link renderersFor}.
 * @throws PlanError if no renderer was avoided; RenderError `renderer_unavailable` if some were avoided and no
 * other renderer can render the task.
 */
export async function planForPreferred<T>(
  renderers: readonly Renderer[],
  avoided: readonly AvoidedRenderer[],
  plan: (renderer: Renderer) => Promise<T>,
): Promise<T> {
  const reasons = avoided.map(({ renderer, reason }) => `the renderer ${renderer} was given up: ${reason}`);
  const unavailable = (...more: string[]) =>
    new RenderError("renderer_unavailable", [...reasons, ...more].join("; "), { rerun: "never" });
  const [first] = renderers;
  if (!first) throw unavailable();
  try {
    return await plan(first);
  } catch (error) {
    if (!(error instanceof PlanError) || avoided.length === 0) throw error;
    throw unavailable(`the renderer ${first.kind} cannot render this task: ${error.message}`);
  }
}
