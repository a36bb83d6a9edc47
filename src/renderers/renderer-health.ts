import { readConfig } from "../config/config.ts";
import type { Env } from "../env.ts";
import { healthSchema, RENDER_SERVER_PATHS } from "../protocol/render-server.ts";
import type { RendererKind } from "../protocol/task-jobs.ts";
import { inTime, NoAnswerError } from "../util/deadline.ts";
import { log, messageOf } from "../util/log.ts";
import { renderersFor } from "./choose-renderer.ts";
import { instanceName } from "./container/container-renderer.ts";

/** Whether the renderer that a new task would be planned for answers. Says no address. */
export interface RendererHealth {
  kind: RendererKind;
  ok: boolean;
  message?: string;
}

/** Longest wait for an answer, and how long an answer counts, in milliseconds. */
const PATIENCE = 2_000;
const FRESH = 5_000;

let latest: { settings: string; until: number; health: Promise<RendererHealth> } | null = null;

/** Asks the preferred renderer, or answers what was found a few seconds ago. Never throws, and takes eight seconds at most. */
export async function rendererHealth(env: Env): Promise<RendererHealth> {
  const { RENDERER, RENDERER_URL } = readConfig(env);
  const settings = JSON.stringify([RENDERER, RENDERER_URL]);
  if (latest?.settings === settings && latest.until > Date.now()) {
    // The request that asks may be broken off, and then its answer never comes.
    const known = await inTime(latest.health, 2 * PATIENCE).catch(() => null);
    if (known) return known;
  }
  const health = ask(env, RENDERER_URL ?? []);
  latest = { settings, until: Date.now() + FRESH, health };
  return health;
}

async function ask(env: Env, origins: readonly string[]): Promise<RendererHealth> {
  let kind: RendererKind = "wasm";
  try {
    const [preferred] = await inTime(renderersFor(env, []), PATIENCE);
    kind = preferred?.kind ?? kind;
    switch (kind) {
      case "http":
        return { kind, ...(await askServers(origins)) };
      case "container":
        return { kind, ...(await askContainer(env)) };
      case "wasm":
        return { kind, ...(await askWasm(env)) };
    }
  } catch (error) {
    log("renderer_unhealthy", { renderer: kind, message: messageOf(error) });
    return { kind, ok: false, message: "it does not answer" };
  }
}

async function askServers(origins: readonly string[]): Promise<Omit<RendererHealth, "kind">> {
  const answers = await Promise.allSettled(
    origins.map(async (origin) => {
      const answer = await fetch(`${origin}${RENDER_SERVER_PATHS.health}`, { signal: AbortSignal.timeout(PATIENCE) });
      return healthSchema.parse(await answer.json());
    }),
  );
  for (const answer of answers) {
    if (answer.status === "rejected")
      log("renderer_unhealthy", { renderer: "http", message: messageOf(answer.reason) });
  }
  const well = answers.filter((answer) => answer.status === "fulfilled" && !answer.value.draining).length;
  return { ok: well > 0, message: `${well} of ${origins.length} render servers take jobs` };
}

/** Of the first instance, which gets the first job. One that sleeps is not woken for this. */
async function askContainer(env: Env): Promise<Omit<RendererHealth, "kind">> {
  const state = await inTime(env.RENDER_CONTAINERS.getByName(instanceName(0)).look(), PATIENCE);
  if (state === "asleep") return { ok: true, message: "it sleeps, and starts with the next job" };
  return state === "well" ? { ok: true } : { ok: false, message: "it does not answer" };
}

/** ffmpeg.wasm answers nothing while it renders: silence is no fault, and a Worker that is not there says so at once. */
async function askWasm(env: Env): Promise<Omit<RendererHealth, "kind">> {
  try {
    await inTime(env.WASM.ping(), PATIENCE);
    return { ok: true };
  } catch (error) {
    if (error instanceof NoAnswerError) return { ok: true, message: "it is busy" };
    throw error;
  }
}
