import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject, onTestFinished, test } from "vitest";
import { create, download, finish, getTask, type Task, watch } from "../../scripts/client.ts";
import { freePort } from "../../scripts/free-port.ts";
import { seededRandom } from "../../src/timeline/seeded-random.ts";
import { ffprobe } from "../support/ffmpeg.ts";
import { fakeKeys, type LoggedRequest, startFakeProviders, vendorNames } from "../support/providers/server.ts";
import type {} from "../support/services/shared-workers.ts";
import { emptyState, removeState, startTestService } from "../support/services/test-service.ts";
import { startReceiver, TELLING } from "../support/services/webhook-receiver.ts";

const KILLS = 6;
/** How long a fake provider needs for an answer, in milliseconds. */
const ANSWER_MS = 400;
/** A call counts as in flight until its result is surely stored, in milliseconds. */
const IN_FLIGHT_MS = 4_000;
const SENTENCES = Array.from({ length: 20 }, (_, index) => `This is sentence number ${index + 1} of the story.`);

test("a service that is killed again and again while it authors pays no provider twice for a call that had ended", async () => {
  const providers = await startFakeProviders();
  onTestFinished(() => providers.close());
  const state = await emptyState();
  onTestFinished(() => removeState(state));
  const port = await freePort();
  const start = () =>
    startTestService({
      ...{ state, port, registry: inject("workerRegistry"), vars: { OUTBOUND_ALLOW: "127.0.0.1", TASK_WINDOW: "2" } },
      author: { ...providers.settings("llm", "speech", "pexels"), OUTBOUND_ALLOW: providers.host },
    });
  for (const vendor of ["llm", "speech", "pexels"] as const) {
    await providers.misbehave(vendor, "slow", { milliseconds: ANSWER_MS });
  }
  let service = await start();
  onTestFinished(() => service.kill());
  const id = await create(service.origin, {
    video_subject: "the sea",
    video_script: SENTENCES.join(" "),
    voice_name: "openai:alloy",
    video_source: "pexels",
    stop_at: "materials",
  });
  const random = seededRandom("authoring");
  const kills: number[] = [];
  while (kills.length < KILLS) {
    await sleep(500 + random() * 2_500);
    if ((await getTask(service.origin, id)).state !== 4) break;
    kills.push(Date.now());
    await service.kill();
    service = await start();
  }
  const task = await finish(service.origin, id);
  expect(task).toMatchObject({ state: 1, script: SENTENCES.join(" ") });
  expect(kills.length).toBeGreaterThanOrEqual(3);
  expect(task.materials?.length).toBeGreaterThan(0);
  const spoken = Number((await ffprobe(await download(task.audio_file ?? ""))).format.duration);
  expect(task.audio_duration).toBeCloseTo(spoken, 2);

  const calls = Map.groupBy((await providers.log()).filter(isPaid), (call) =>
    JSON.stringify([call.vendor, call.path, call.query, call.body]),
  );
  expect(calls.size).toBeGreaterThanOrEqual(SENTENCES.length);
  for (const [call, times] of calls) {
    for (const { at } of times.slice(0, -1)) {
      const inFlight = kills.some((kill) => kill >= at - 100 && kill <= at + ANSWER_MS + IN_FLIGHT_MS);
      expect(inFlight, `${call} was paid again although no kill interrupted it`).toBe(true);
    }
    expect(times.length, call).toBeLessThanOrEqual(2);
  }
});

/** Requests of which each uses one provider of speech, footage or pictures, next to the language model. */
const usesOfProviders = [
  ...["openai:alloy", "kokoro:af_heart", "elevenlabs:21m00Tcm4TlvDq8ikWAM", "azure:en-US-JennyNeural"].map((voice) => ({
    ...{ voice_name: voice, stop_at: "audio" },
  })),
  ...["pexels", "pixabay", "coverr", "image"].map((source) => ({
    ...{ voice_name: "no-voice", video_source: source, video_terms: ["the sea"], stop_at: "materials" },
  })),
];

test("no key of a provider is stored, answered, printed or sent in a webhook, also if every provider echoes its key back", async () => {
  const providers = await startFakeProviders();
  onTestFinished(() => providers.close());
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const state = await emptyState();
  onTestFinished(() => removeState(state));
  const printed: string[] = [];
  const service = await startTestService({
    ...{ state, registry: inject("workerRegistry"), vars: { ...TELLING, PROVIDER_TRIES: "1" } },
    author: { ...providers.settings(), OUTBOUND_ALLOW: providers.host },
    onLine: (line) => printed.push(line),
  });
  onTestFinished(() => service.stop());
  const answers: string[] = [];
  for (const how of ["echo", "echo_refusal"]) {
    for (const vendor of vendorNames) await providers.misbehave(vendor, how);
    const ids = await Promise.all(
      [{ stop_at: "terms" }, ...usesOfProviders.map((use) => ({ video_script: "The sea is deep.", ...use }))].map(
        (use) => create(service.origin, { video_subject: "the sea", ...use, callback_url: receiver.url }),
      ),
    );
    for (const id of ids) answers.push(JSON.stringify(await ended(service.origin, id)));
    const paths = ["/api/v1/tasks", "/api/v1/voices", "/metrics", `/api/v1/tasks/${ids[0]}/events`];
    for (const path of paths) answers.push(await (await fetch(`${service.origin}${path}`)).text());
    for (const path of ["scripts", "terms", "social-metadata"]) {
      const body = { video_subject: "rain", video_script: "It rains." };
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      answers.push(await (await fetch(`${service.origin}/api/v1/${path}`, init)).text());
    }
  }
  const asked = new Set((await providers.log()).map(({ vendor }) => vendor));
  // None of these tasks has a narration of its own to transcribe; test/author/faults.test.ts searches those answers.
  expect([...asked].sort()).toEqual(vendorNames.filter((vendor) => vendor !== "transcription").sort());
  await expect.poll(() => receiver.received.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(usesOfProviders.length);
  const sent = receiver.received.map(({ text }) => text).join();
  for (const key of fakeKeys) {
    expect(answers.join()).not.toContain(key);
    expect(sent).not.toContain(key);
    expect(printed.join("\n")).not.toContain(key);
  }
  const files = await readdir(state, { recursive: true, withFileTypes: true });
  // The settings of the author Worker are its secrets.
  const stored = files.filter((file) => file.isFile() && file.name !== ".dev.vars");
  expect(stored.length).toBeGreaterThan(10);
  for (const { parentPath, name } of stored) {
    const bytes = await readFile(join(parentPath, name));
    for (const key of fakeKeys) expect(bytes.includes(key), join(parentPath, name)).toBe(false);
  }
});

/** The task's data once it has ended, whether it succeeded or failed. */
async function ended(origin: string, id: string): Promise<Task> {
  await watch(origin, id);
  return getTask(origin, id);
}

/** Whether a call was paid, other than for the file of a clip. */
function isPaid({ paid, path }: LoggedRequest): boolean {
  return paid && !path.startsWith("/files/");
}
