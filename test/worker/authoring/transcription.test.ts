import { expect, test } from "vitest";
import type { TaskData } from "../../../src/api/task.ts";
import { writeWav } from "../../../src/authoring/sound/wav.ts";
import { planTask } from "../../../src/jobs/plan-job.ts";
import type { AuthorFailure, AuthorReply, TranscribeRequest, Transcription } from "../../../src/protocol/author.ts";
import type { TaskInput } from "../../../src/protocol/task-input.ts";
import type { Plan } from "../../../src/protocol/task-jobs.ts";
import { keys } from "../../../src/storage/keys.ts";
import { bindings, call } from "../support/bindings.ts";
import { heldClock, holdTask, taken, taskInput } from "../support/tasks.ts";

heldClock();

const RATE = 8000;
const HEARD = [
  { text: "Hello,", start: 0.3, end: 0.5 },
  { text: "smal", start: 1, end: 1.25 },
  { text: "world.", start: 1.5, end: 1.8 },
];
const SPOKEN = [
  { word: "Hello", start: 0.3, end: 0.5 },
  // Its last letter was not heard, so it may be said until the next word begins.
  { word: "small", start: 1, end: 1.5 },
  { word: "world!", start: 1.5, end: 1.8 },
];
const signal = new AbortController().signal;

const heard = (words: Transcription["words"]): AuthorReply<Transcription> => ({
  ...{ status: "done", value: { words, provider: "openai" }, warnings: [] },
});
const failed = (failure: Partial<AuthorFailure>): AuthorReply<Transcription> => ({
  status: "failed",
  failure: { code: "provider_failed", message: "it failed", retryable: false, retryAfterSeconds: null, ...failure },
});

/** The bindings with an author Worker that transcribes. It keeps what it was asked. */
function withProvider(reply: AuthorReply<Transcription> | null, asked: TranscribeRequest[] = []) {
  const hints = { model: "", speech: "", footage: {}, pictures: "" };
  const abilities = {
    model: null,
    speech: [],
    footage: [],
    pictures: [],
    transcription: reply ? ["openai"] : [],
    hints,
  };
  const transcribe = async (request: TranscribeRequest) => {
    asked.push(request);
    return reply;
  };
  return { ...bindings, AUTHOR: { abilities: async () => abilities, transcribe } } as unknown as typeof bindings;
}

/** A task that shows a script while an uploaded narration of some seconds is heard. */
async function narratedTask(seconds: number): Promise<TaskInput> {
  const name = `${crypto.randomUUID()}.wav`;
  const samples = Int16Array.from({ length: RATE * seconds }, (_, index) =>
    index % RATE < 6000 ? 6000 * (-1) ** index : 0,
  );
  const wav = writeWav(RATE, samples);
  await bindings.MEDIA.put(`musics/${name}`, wav);
  const probe = {
    kind: "audio" as const,
    format: "wav",
    duration: seconds,
    video: null,
    audio: { codec: "pcm_s16le" },
  };
  const input = { name, sha256: name, size: wav.byteLength, from: { store: "r2" as const, key: `musics/${name}` } };
  const task = taskInput({ video_script: "Hello small world!", video_language: "en" });
  return { ...task, narration: { input, probe } };
}

/** Plans a task and returns its plan. */
async function planned(env: typeof bindings, input: TaskInput, run = 1): Promise<Plan> {
  const plans: Plan[] = [];
  const task = { planned: async (plan: Plan) => plans.push(plan) && "ok" };
  const asked = { ...input, owner: "default", avoided: [], avoidedVoices: [], attempts: 1, authored: null };
  const ticket = { generation: 0, run };
  await planTask({ env, taskId: crypto.randomUUID(), ticket, task: task as never, signal }, asked as never);
  if (!plans[0]) throw new Error("not planned");
  return plans[0];
}

test("the words of the script are timed by a transcription of the narration, which is paid for once", async () => {
  const asked: TranscribeRequest[] = [];
  const env = withProvider(heard(HEARD), asked);
  const task = await holdTask();
  await task.stub.create(task.id, await narratedTask(2));
  const ticket = taken(await task.stub.claim("plan"));
  const input = await task.stub.planInput();
  if (!input) throw new Error("the task is not to be planned");
  // The first run breaks off before the TaskObject knows the plan.
  const away = { planned: () => Promise.reject(new Error("away")) } as unknown as typeof task.stub;
  await expect(planTask({ env, taskId: task.id, ticket, task: away, signal }, input)).rejects.toThrow("away");
  await planTask({ env, taskId: task.id, ticket, task: task.stub, signal }, input);
  const { data } = await call<TaskData>(`/api/v1/tasks/${task.id}`);
  expect([data.captions, data.warnings]).toEqual([{ timing: "transcription" }, []]);
  const words = await bindings.MEDIA.get(keys.output(task.id, "final-1.words.json"));
  expect(await words?.json()).toEqual(SPOKEN);
  expect(asked.map(({ audio, language }) => [audio.byteLength, language])).toEqual([[44 + 2 * 2 * RATE, "en"]]);
});

test.each([
  ["refuses the key", failed({ code: "provider_refused", message: "the key is wrong" }), "the key is wrong"],
  ["hears nobody", heard([]), "nobody was heard"],
  ["hears another text", heard([{ text: "Completely different", start: 0, end: 2 }]), "only 0 % of video_script"],
])("pauses time the subtitles, and a warning says so, if the provider %s", async (_, reply, reason) => {
  const plan = await planned(withProvider(reply), await narratedTask(2));
  expect(plan.captionTiming).toBe("pauses");
  expect(plan.authored?.warnings).toEqual([
    { code: "transcription_not_used", message: expect.stringContaining(reason) },
  ]);
});

test("a provider that limits calls is asked again after the time it names, four times at most", async () => {
  const limited = failed({ code: "provider_limit", message: "too many calls", retryable: true, retryAfterSeconds: 7 });
  const input = await narratedTask(2);
  for (const run of [1, 3]) {
    await expect(planned(withProvider(limited), input, run)).rejects.toMatchObject({
      rerun: "soon",
      retryAfterSeconds: 7,
    });
  }
  expect(await planned(withProvider(limited), input, 4)).toMatchObject({
    ...{ captionTiming: "pauses", authored: { warnings: [{ code: "transcription_not_used" }] } },
  });
});

test("without a provider of transcriptions, pauses time the subtitles and no warning is given", async () => {
  const plan = await planned(withProvider(null), await narratedTask(2));
  expect([plan.captionTiming, plan.authored]).toEqual(["pauses", null]);
});

test("a long narration is transcribed in parts, which are cut in pauses and whose words keep their place", async () => {
  const asked: TranscribeRequest[] = [];
  await planned(
    withProvider(
      heard([
        { text: "Hello small", start: 1, end: 2 },
        { text: "world", start: 3, end: 4 },
      ]),
      asked,
    ),
    await narratedTask(122),
  );
  expect(asked.length).toBe(2);
  const seconds = asked.map(({ audio }) => (audio.byteLength - 44) / 2 / RATE);
  expect(seconds.reduce((sum, each) => sum + each, 0)).toBeCloseTo(122, 3);
  // Each second of the narration ends with a pause of a quarter of a second.
  expect((seconds[0] ?? 0) % 1).toBeGreaterThan(0.75);
  expect(seconds[0]).toBeLessThan(120);
});
