import type { FootageSource } from "../api/fields/footage.ts";
import type { VideoRequest } from "../api/video-request.ts";
import type { Authoring, Outline } from "../protocol/authoring.ts";
import { type Authored, type AuthoringJob, PLAN_JOB } from "../protocol/task-jobs.ts";
import { keys, outputNames } from "../storage/keys.ts";
import { requestedFrame } from "../timeline/plan-timeline.ts";
import { sha256Hex } from "../util/sha256.ts";
import { type ScriptSentences, scriptSentences } from "./script-sentences.ts";
import { FOOTAGE_SHORT_SIDE, orientationOf } from "./select-footage.ts";

/** Part of the hash in the key of an authored result. Increase it when the same question should be asked anew. */
const AUTHORED_FORMAT_VERSION = 1;

/** The jobs that author the parts of a task, and where their results will be. */
export interface OutlinedJobs {
  authored: Authored;
  jobs: AuthoringJob[];
}

/** The R2 key of an authored result. The same question has the same key. */
export async function authoredKey(taskId: string, ...question: unknown[]): Promise<string> {
  return keys.authored(taskId, await sha256Hex(questionText(...question)));
}

/** The text whose hash is in the key of an authored result. */
export function questionText(...question: unknown[]): string {
  return JSON.stringify([AUTHORED_FORMAT_VERSION, ...question]);
}

/**
 * Lists the jobs that follow from an outline: each sentence is spoken, each term is searched, and so on, as far as the
 * task goes.
 *
 * @param attempt distinguishes the sentences of a voice from those of one that was given up.
 */
export async function outlineJobs(
  taskId: string,
  request: VideoRequest,
  authoring: Authoring,
  outline: Outline,
  attempt: number,
): Promise<OutlinedJobs> {
  const { stopAt } = authoring;
  const jobs: AuthoringJob[] = [];
  const none = { authored: { ...outline, narrated: null, gathered: null }, jobs };
  if (stopAt === "script" || stopAt === "terms") return none;
  const sentences = scriptSentences(outline.script, request.video_language);
  const speakId = (index: number) => (attempt === 1 ? `speak-${index + 1}` : `speak-${index + 1}-attempt-${attempt}`);
  const narrated = await addNarration(jobs, taskId, request, authoring, outline, sentences, speakId);
  const gathered = await addFootage(jobs, taskId, request, authoring, outline, narrated);
  jobs.push(PLAN_JOB);
  return { authored: { ...outline, narrated, gathered }, jobs };
}

/** Adds the jobs of the narration. Returns the key of its description; null without a narration. */
async function addNarration(
  jobs: AuthoringJob[],
  taskId: string,
  request: VideoRequest,
  { narration }: Authoring,
  { voice }: Outline,
  { sentences, pauseAfter }: ScriptSentences,
  speakId: (index: number) => string,
): Promise<string | null> {
  if (narration === "none" || sentences.length === 0) return null;
  const spoken: { key: string; sound: string }[] = [];
  if (narration === "voice" && voice) {
    for (const [index, { text }] of sentences.entries()) {
      const asked = { text, voice: voice.voice.id, language: request.video_language, rate: request.voice_rate };
      const key = await authoredKey(taskId, "speech", asked);
      const work = { kind: "speak" as const, request: asked, sound: `${key}.wav`, key };
      // A sentence that occurs twice is spoken once.
      if (!spoken.some((earlier) => earlier.key === key)) {
        jobs.push({ id: speakId(index), phase: "author", weight: 1, work });
      }
      spoken.push({ key, sound: work.sound });
    }
  }
  const parts = sentences.map((sentence, index) => ({ ...sentence, spoken: spoken[index] ?? null }));
  const rate = request.voice_rate;
  const key = await authoredKey(taskId, "narration", parts, pauseAfter, rate);
  const sound = keys.output(taskId, outputNames.narration());
  const work = { kind: "narrate" as const, sentences: parts, pauseAfter, rate, sound, key };
  jobs.push({ id: "narrate", phase: "narrate", weight: 1, work });
  return key;
}

/** Adds the jobs that search, make and fetch footage. Returns the key of the result; null if nothing is gathered. */
async function addFootage(
  jobs: AuthoringJob[],
  taskId: string,
  request: VideoRequest,
  { sources }: Authoring,
  { terms }: Outline,
  narration: string | null,
): Promise<string | null> {
  if (sources.length === 0) return null;
  const searches: { term: string; keys: string[] }[] = [];
  const pictures: string[] = [];
  for (const [index, term] of terms.entries()) {
    const found: string[] = [];
    for (const source of sources) {
      if (source === "image") pictures.push(await addPicture(jobs, taskId, request, term, index, sources.length > 1));
      else found.push(await addSearch(jobs, taskId, request, source, term, index));
    }
    if (found.length > 0) searches.push({ term, keys: found });
  }
  const key = await authoredKey(taskId, "gathered", searches, pictures, narration, request.video_clip_duration);
  jobs.push({ id: "gather", phase: "gather", weight: 2, work: { kind: "gather", searches, pictures, narration, key } });
  return key;
}

async function addSearch(
  jobs: AuthoringJob[],
  taskId: string,
  request: VideoRequest,
  provider: Exclude<FootageSource, "image">,
  term: string,
  index: number,
): Promise<string> {
  const orientation = orientationOf(requestedFrame(request, FOOTAGE_SHORT_SIDE));
  const asked = { provider, term, orientation, page: 1, shortSide: FOOTAGE_SHORT_SIDE } as const;
  const key = await authoredKey(taskId, "search", asked);
  const work = { kind: "search" as const, request: asked, key };
  jobs.push({ id: `search-${provider}-${index + 1}`, phase: "author", weight: 1, work });
  return key;
}

async function addPicture(
  jobs: AuthoringJob[],
  taskId: string,
  request: VideoRequest,
  term: string,
  index: number,
  optional: boolean,
): Promise<string> {
  const prompt = [term, request.video_subject].filter((part) => part !== "").join(", ");
  const asked = { prompt, ...requestedFrame(request, FOOTAGE_SHORT_SIDE) };
  const key = await authoredKey(taskId, "picture", asked, index);
  const work = {
    kind: "picture" as const,
    request: asked,
    picture: `${key}.image`,
    key,
    ...(optional && { optional }),
  };
  jobs.push({ id: `picture-${index + 1}`, phase: "author", weight: 1, work });
  return key;
}
