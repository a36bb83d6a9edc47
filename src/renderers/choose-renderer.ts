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
 * The renderers that new work may go to, the preferred one first: the one that `RENDERER` names, or
 * with `auto` the container where one is bound, the render server at `RENDERER_URL` where there is
 * one, and ffmpeg.wasm.
 *
 * @param avoided renderers that did not answer.
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
 * The renderer a task was planned for.
 *
 * @throws ConfigError when it is no longer configured.
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
 * Plans for the preferred renderer.
 *
 * @throws PlanError; RenderError `renderer_unavailable` when renderers were given up and no other can do it.
 */
export async function planForFirst<T>(
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
    throw unavailable(`the renderer ${first.kind} cannot do it: ${error.message}`);
  }
}
