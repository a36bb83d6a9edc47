import { z } from "zod";
import { DEFAULT_OWNER } from "../../api/owner.ts";
import { taskFailureSchema, withFailure } from "../../api/task-failure.ts";
import { rendererKinds, stages } from "../../api/task-state.ts";
import { addCount } from "../../metrics/definitions.ts";
import { avoidedRendererSchema } from "../../protocol/task-input.ts";

/** What a TaskObject keeps of its task, apart from the input and the jobs. */
const fields = z.strictObject({
  id: z.string(),
  owner: z.string().default(DEFAULT_OWNER),
  stage: z.enum(stages),
  progress: z.number(),
  renderer: z.enum(rendererKinds).nullable(),
  /** Renderers given up for this task, and why. */
  avoided: z.array(avoidedRendererSchema),
  /** Goes up when the task is planned anew for another renderer: work for an older plan counts no more. */
  generation: z.number(),
  /** Pixels. */
  width: z.number().nullable(),
  height: z.number().nullable(),
  /** Seconds, of each video. */
  durations: z.array(z.number()),
  /** Which of the videos have subtitles, from 1. */
  captioned: z.array(z.number()).default([]),
  /** Which of the videos have a poster and a storyboard by now, from 1. */
  illustrated: z.array(z.number()).default([]),
  /** What happened to the task so far, by the names of metrics. */
  counts: z.record(z.string(), z.number()).default({}),
  /** What the request that made the task is told by, where it had an idempotency key. */
  fingerprint: z.string().nullable().default(null),
  failure: taskFailureSchema.nullable(),
  /** How often the task was begun: once, and again with each retry and each change of renderer. */
  attempts: z.number().default(1),
  /** When its work was begun or last taken up again, and the weight of what was finished by then. */
  pace: z.strictObject({ since: z.number(), before: z.number() }).nullable().default(null),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Goes up with every change. */
  revision: z.number(),
  /** The revision that D1 shows, and when it was written. */
  listedRevision: z.number(),
  listedAt: z.number(),
  /** When the task was deleted. The record stays for a while, so that late work finds it gone. */
  deletedAt: z.number().nullable(),
});
export type TaskRecord = z.infer<typeof fields>;

/** Parses a record, also one that version 0.1.0 wrote. */
export const taskRecordSchema = z.preprocess(withFailure, fields);

/** A task's first record. */
export function newRecord(id: string, now: number, fingerprint: string | null, owner: string): TaskRecord {
  return {
    id,
    owner,
    stage: "queued",
    progress: 0,
    renderer: null,
    avoided: [],
    generation: 0,
    width: null,
    height: null,
    durations: [],
    captioned: [],
    illustrated: [],
    counts: addCount({}, "tasks_created", {}),
    fingerprint,
    failure: null,
    attempts: 1,
    pace: null,
    createdAt: now,
    updatedAt: now,
    revision: 1,
    listedRevision: 0,
    listedAt: 0,
    deletedAt: null,
  };
}
