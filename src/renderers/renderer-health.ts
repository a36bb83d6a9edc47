import type { RendererKind } from "../api/task-state.ts";
import { readConfig } from "../config/config.ts";
import { healthSchema, RENDER_SERVER_PATHS } from "../protocol/render-server.ts";
import { log, messageOf } from "../util/log.ts";
import { TimeoutError, withTimeout } from "../util/timeout.ts";
import { isWorkerNotRunning } from "../util/worker-not-running.ts";
import type { RendererBindings } from "./bindings.ts";
import { renderersFor } from "./choose-renderer.ts";
import { instanceName } from "./container/container-renderer.ts";

/** Whether the renderer of new tasks answers. Contains no URLs and no host names. */
export interface RendererHealth {
  kind: RendererKind;
  ok: boolean;
  message?: string;
}

/** Timeout for one call to a renderer. */
const ANSWER_TIMEOUT_MS = 2_000;
/** How long a result is used again. */
const RESULT_LIFETIME_MS = 5_000;
const NO_ANSWER = "does not answer";
const START_WASM =
  "the ffmpeg.wasm Worker is not running; start both Workers with `npm run dev`, or with `npx wrangler dev -c wrangler.toml -c wasm/wrangler.toml`";

/** The newest result, with the settings it is for. */
let latest: { settings: string; until: number; health: Promise<RendererHealth> } | null = null;

/**
 * Asks the preferred renderer, or returns a result of the last 5 seconds. Takes at most 8 seconds.
 *
 * @throws ConfigError; a renderer that does not answer is a result, not an error.
 */
export async function rendererHealth(env: RendererBindings): Promise<RendererHealth> {
  const { RENDERER, RENDERER_URL } = readConfig(env);
  const settings = JSON.stringify([RENDERER, RENDERER_URL]);
  if (latest?.settings === settings && latest.until > Date.now()) {
    // The result never comes if the request that asked for it was aborted.
    const known = await withTimeout(latest.health, 2 * ANSWER_TIMEOUT_MS).catch(() => null);
    if (known) return known;
  }
  const health = checkPreferred(env, RENDERER_URL ?? []);
  latest = { settings, until: Date.now() + RESULT_LIFETIME_MS, health };
  return health;
}

async function checkPreferred(env: RendererBindings, origins: readonly string[]): Promise<RendererHealth> {
  let kind: RendererKind = "wasm";
  try {
    const [preferred] = await withTimeout(renderersFor(env, []), ANSWER_TIMEOUT_MS);
    kind = preferred?.kind ?? kind;
    switch (kind) {
      case "http":
        return { kind, ...(await checkServers(origins)) };
      case "container":
        return { kind, ...(await checkContainer(env)) };
      case "wasm":
        return { kind, ...(await checkWasm(env)) };
    }
  } catch (error) {
    log("renderer_unhealthy", { renderer: kind, message: messageOf(error) });
    return { kind, ok: false, message: NO_ANSWER };
  }
}

async function checkServers(origins: readonly string[]): Promise<Omit<RendererHealth, "kind">> {
  const answers = await Promise.allSettled(
    origins.map(async (origin) => {
      const answer = await fetch(`${origin}${RENDER_SERVER_PATHS.health}`, {
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      return healthSchema.parse(await answer.json());
    }),
  );
  for (const answer of answers) {
    if (answer.status === "rejected")
      log("renderer_unhealthy", { renderer: "http", message: messageOf(answer.reason) });
  }
  const accepting = answers.filter((answer) => answer.status === "fulfilled" && !answer.value.draining).length;
  return { ok: accepting > 0, message: `${accepting} of ${origins.length} render servers accept jobs` };
}

/** Checks the first instance, because it gets the first job. Does not wake a sleeping instance. */
async function checkContainer(env: RendererBindings): Promise<Omit<RendererHealth, "kind">> {
  const state = await withTimeout(env.RENDER_CONTAINERS.getByName(instanceName(0)).state(), ANSWER_TIMEOUT_MS);
  if (state === "asleep") return { ok: true, message: "asleep; starts with the next job" };
  return state === "healthy" ? { ok: true } : { ok: false, message: NO_ANSWER };
}

/**
 * ffmpeg.wasm cannot answer while it renders, so a timeout means that it is busy. If its Worker is not running, the call
 * fails at once.
 */
async function checkWasm(env: RendererBindings): Promise<Omit<RendererHealth, "kind">> {
  try {
    await withTimeout(env.WASM.ping(), ANSWER_TIMEOUT_MS);
    return { ok: true };
  } catch (error) {
    if (error instanceof TimeoutError) return { ok: true, message: "busy rendering" };
    if (!isWorkerNotRunning(error)) throw error;
    log("renderer_unhealthy", { renderer: "wasm", message: messageOf(error) });
    return { ok: false, message: START_WASM };
  }
}
