import { call, type Task } from "../scripts/client.ts";
import { createKey } from "../scripts/key-admin.ts";
import { wranglerExecute } from "../scripts/wrangler-d1.ts";
import { sample } from "../test/e2e/support/samples.ts";
import { percentile, timed, withService } from "./service.ts";

/** Number of requests to each side. The sides alternate, so that other load on the machine affects both equally. */
const REQUESTS_PER_SIDE = 500;
/** Max cost of an API key at the median, in milliseconds. */
const MAX_KEY_COST_MS = 1;

/**
 * Measures how much time an API key or a signed link adds to a request. The other side is the same Worker, in the same
 * isolate, without authentication.
 */
export async function bench(): Promise<void> {
  const vars = { WASM_SHORT_SIDE: "128", AUTH: "on", LINK_SECRETS: "a-secret-of-this-bench-and-no-other" };
  await withService(
    async ({ origin }, state) => {
      const request = { owner: "default", scopes: ["write"], name: "bench", expiresAt: null } as const;
      const { key } = await createKey(wranglerExecute({ state }), request, Date.now());
      const headers = { authorization: `Bearer ${key}` };
      const { path, link } = await makeVideo(origin, headers);
      const get =
        (url: string, init: RequestInit = {}) =>
        async () => {
          const answer = await fetch(url, init);
          await answer.arrayBuffer();
          if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
        };
      const file = new URL(link);
      await compare({
        "GET task, AUTH=off": get(`${origin}/without-keys${path}`),
        "GET task, with a key": get(`${origin}/without-counting${path}`, { headers }),
      });
      await compare({
        "GET task, AUTH=off": get(`${origin}/without-keys${path}`),
        "GET task, with a key and requests counted": get(`${origin}${path}`, { headers }),
      });
      await compare({
        "HEAD file, AUTH=off": get(`${origin}/without-keys${file.pathname}`, { method: "HEAD" }),
        "HEAD file, by its link": get(link, { method: "HEAD" }),
      });
      console.log(
        `target: a key adds at most ${MAX_KEY_COST_MS} ms at p50. The local rate limiter is a Durable Object; Cloudflare's is not.`,
      );
    },
    vars,
    { main: "bench/worker/index.ts" },
  );
}

/** Creates a video. Returns the task's path and the link of its file. */
async function makeVideo(origin: string, headers: Record<string, string>): Promise<{ path: string; link: string }> {
  const body = await sample("dusk.mp4");
  await call(origin, "/api/v1/video_materials/dusk.mp4", { method: "PUT", headers, body });
  const created = await call<{ task_id: string }>(origin, "/api/v1/videos", {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 1 }),
  });
  const path = `/api/v1/tasks/${created.data.task_id}`;
  for (;;) {
    const { data } = await call<Task>(origin, `${path}?wait=25`, { headers });
    if (data.state === 1) return { path, link: data.videos[0] ?? "" };
    if (data.state === -1) throw new Error(data.error);
  }
}

/** Measures two sides alternately, and prints how much more time the second one takes at the median. */
async function compare(sides: Record<string, () => Promise<void>>): Promise<void> {
  const times = Object.values(sides).map((): number[] => []);
  for (let turn = 0; turn < REQUESTS_PER_SIDE; turn++) {
    for (const [side, call] of Object.values(sides).entries()) {
      const time = await timed(call);
      // Skip the first requests, which find cold caches.
      if (turn >= REQUESTS_PER_SIDE / 10) times[side]?.push(time);
    }
  }
  const medians = times.map((samples) => percentile(samples, 0.5));
  for (const [side, name] of Object.keys(sides).entries()) {
    const [p50, p95] = [0.5, 0.95].map((share) => percentile(times[side] ?? [], share).toFixed(2));
    console.log(`${name}: p50 ${p50} ms, p95 ${p95} ms`);
  }
  const [without = 0, having = 0] = medians;
  console.log(`  adds ${(having - without).toFixed(2)} ms at p50, ratio ${(having / without).toFixed(2)}`);
  if (having - without > MAX_KEY_COST_MS && !Object.keys(sides).some((name) => name.includes("counted")))
    process.exitCode = 1;
}
