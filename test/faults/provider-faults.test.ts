import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, create, getTask, type Task, watch } from "../../scripts/client.ts";
import { buildWorker } from "../chaos/build.ts";
import { World } from "../chaos/world.ts";
import { type FakeProviders, startFakeProviders, type VendorName } from "../support/providers/server.ts";
import { hasFFmpeg } from "../support/renderers-under-test.ts";
import { skippedWithout } from "../support/skipped.ts";

/** Each fault, and the code of a failure for it; null if the provider only answers late. */
const faults = [
  ["down", "unavailable"],
  ["hang", "unavailable"],
  ["slow", null],
  ["401", "provider_refused"],
  ["402", "provider_limit"],
  ["429", "provider_limit"],
  ["500", "provider_failed"],
  ["garbage", "provider_failed"],
  ["half", "provider_failed"],
  ["html", "provider_failed"],
  ["empty", "provider_failed"],
] as const;
type How = (typeof faults)[number][0];

/** A provider without another one that could do its work: what is requested, and what its failures are. */
interface Case {
  title: string;
  vendor: VendorName;
  unavailable: string;
  failedStage: string;
  request: (marker: string) => object;
  /** The code if the provider answers with an empty list. */
  empty?: string;
}

const spoken = { voice_name: "no-voice", stop_at: "materials" };
const cases: Case[] = [
  {
    ...{ title: "script", vendor: "llm", unavailable: "model_unavailable", failedStage: "script" },
    request: (marker) => ({ video_subject: marker, stop_at: "script" }),
  },
  {
    ...{ title: "terms", vendor: "llm", unavailable: "model_unavailable", failedStage: "terms" },
    request: (marker) => ({ video_subject: marker, video_script: `${marker} is here.`, stop_at: "terms" }),
  },
  {
    ...{ title: "speech", vendor: "speech", unavailable: "voice_unavailable", failedStage: "audio" },
    // No other voice speaks Russian.
    request: (marker) => ({
      video_script: `Море сегодня очень красиво, и белые волны медленно бегут к берегу: ${marker}.`,
      video_language: "ru",
      voice_name: "openai:alloy",
      stop_at: "audio",
    }),
  },
  {
    ...{ title: "footage", vendor: "pexels", unavailable: "footage_unavailable", failedStage: "materials" },
    empty: "footage_not_found",
    request: (marker) => ({ ...spoken, video_script: "Hello.", video_terms: [marker], video_source: "pexels" }),
  },
  {
    ...{ title: "pictures", vendor: "images", unavailable: "picture_unavailable", failedStage: "materials" },
    request: (marker) => ({ ...spoken, video_script: "Hello.", video_terms: [marker], video_source: "image" }),
  },
];

/** A provider with another one that does its work instead. */
const replaced: { vendor: VendorName; warning: RegExp; request: (marker: string) => object }[] = [
  {
    ...{ vendor: "speech", warning: /^voice_replaced$/ },
    request: (marker) => ({
      video_script: `The sea is wide and deep, and there is so much life in it that nobody knows it all: ${marker}.`,
      voice_name: "openai:alloy",
      stop_at: "audio",
    }),
  },
  {
    ...{ vendor: "pexels", warning: /^(?:provider|footage|picture)_/ },
    request: (marker) => ({
      ...{ ...spoken, video_script: "Hello.", video_terms: [marker], video_source: ["pexels", "pixabay"] },
    }),
  },
  {
    ...{ vendor: "images", warning: /^(?:provider|footage|picture)_/ },
    request: (marker) => ({
      ...{ ...spoken, video_script: "Hello.", video_terms: [marker], video_source: ["image", "pixabay"] },
    }),
  },
];

/** Bundling the Workers takes minutes on a busy machine. In milliseconds. */
const START_TIMEOUT = 300_000;

let providers: FakeProviders;
let folder: string;
let service: World;

beforeAll(async () => {
  if (!hasFFmpeg) return;
  providers = await startFakeProviders();
  folder = await mkdtemp(join(tmpdir(), "edgereel-provider-faults-"));
  service = await World.start({
    ...{ config: await buildWorker(folder, { wasm: false, author: true }), state: folder, seed: "1", wasm: false },
    vars: { OUTBOUND_ALLOW: "127.0.0.1", PROVIDER_TRIES: "2", NATIVE_SHORT_SIDE: "96" },
    author: {
      ...providers.settings("llm", "speech", "kokoro", "pexels", "pixabay", "images"),
      PROVIDER_TIMEOUT_SECONDS: "15",
    },
  });
}, START_TIMEOUT);
afterAll(async () => {
  await service?.stop();
  await providers?.close();
  if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Starts a task whose requests to a vendor meet a fault. The marker in its requests selects them. */
async function startWith(how: How, vendor: VendorName, name: string, request: (marker: string) => object) {
  const marker = `m-${name}-${how}-`;
  await providers.misbehave(vendor, how, { containing: marker, retryAfter: "1", milliseconds: 400 });
  return create(service.origin, request(marker));
}

async function ended(id: string): Promise<Task> {
  await watch(service.origin, id);
  return getTask(service.origin, id);
}

test.skipIf(!hasFFmpeg)(
  `a task whose only provider fails ends with the code, the reason and the stage, and succeeds when it is retried after the provider works${skippedWithout(hasFFmpeg, "ffmpeg")}`,
  async () => {
    const started = await Promise.all(
      cases.flatMap((each) =>
        faults.map(async ([how, code]) => {
          const id = await startWith(how, each.vendor, each.title, each.request);
          return { ...each, how, code, id };
        }),
      ),
    );
    const seen: object[] = [];
    const expected: object[] = [];
    const failed: string[] = [];
    for (const { title, how, code, id, unavailable, failedStage, empty } of started) {
      const task = await ended(id);
      const { state, failure, failed_stage: stage } = task;
      seen.push({ title, how, state, code: failure?.code, stage, reason: (failure?.message.length ?? 0) > 20 });
      const expectedCode = how === "empty" && empty ? empty : code === "unavailable" ? unavailable : code;
      expected.push({
        ...{ title, how, state: code === null ? 1 : -1, code: expectedCode ?? undefined },
        ...{ stage: code === null ? undefined : failedStage, reason: code !== null },
      });
      if (state === -1 && failure?.code !== "footage_not_found") failed.push(id);
    }
    expect(seen).toEqual(expected);

    await providers.reset();
    const stages = await Promise.all(
      failed.map(async (id) => {
        await call(service.origin, `/api/v1/tasks/${id}/retry`, { method: "POST" });
        const { stage, error = null } = await ended(id);
        return { stage, error };
      }),
    );
    expect(stages).toEqual(failed.map(() => ({ stage: "succeeded", error: null })));
  },
);

test.skipIf(!hasFFmpeg)(
  `a task whose provider fails goes on with the next one, and tells it in its warnings${skippedWithout(hasFFmpeg, "ffmpeg")}`,
  async () => {
    const started = await Promise.all(
      replaced.flatMap(({ vendor, warning, request }) =>
        faults
          .filter(([, code]) => code !== null)
          .map(async ([how]) => ({
            ...{ vendor, warning, how, id: await startWith(how, vendor, `next-${vendor}`, request) },
          })),
      ),
    );
    for (const { vendor, warning, how, id } of started) {
      const task = await ended(id);
      const where = `${vendor} ${how}`;
      expect([where, task.stage, task.error]).toEqual([where, "succeeded", undefined]);
      expect([where, task.warnings?.map(({ code }) => code).join()]).toEqual([where, expect.stringMatching(warning)]);
    }
  },
);
