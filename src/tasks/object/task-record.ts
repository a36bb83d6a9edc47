import { z } from "zod";
import { creditSchema, warningSchema } from "../../api/authored.ts";
import { taskErrorCodes } from "../../api/errors.ts";
import { DEFAULT_OWNER } from "../../api/owner.ts";
import { captionTimings } from "../../api/task.ts";
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
  /** Renderers that this task gave up on, and why. */
  avoided: z.array(avoidedRendererSchema),
  /** Speech providers that this task gave up on, and why. */
  avoidedVoices: z
    .array(
      z.strictObject({
        provider: z.string(),
        code: z.enum(taskErrorCodes),
        message: z.string(),
        retryable: z.boolean(),
      }),
    )
    .default([]),
  /** The number of the plan, from 0. Each change of renderer makes a new plan, and reports about older plans are ignored. */
  generation: z.number(),
  /** Pixels. */
  width: z.number().nullable(),
  height: z.number().nullable(),
  /** Seconds, of each video. */
  durations: z.array(z.number()),
  /** The numbers of the videos with subtitles, from 1. */
  captioned: z.array(z.number()).default([]),
  /** Where the times of their subtitles come from; null if unknown, as in tasks of earlier versions. */
  captionTiming: z.enum(captionTimings).nullable().default(null),
  /** What the plan tells about authored parts; null before the plan, or if nothing was authored. */
  authored: z
    .strictObject({
      audioDuration: z.number().nullable(),
      credits: z.array(creditSchema),
      warnings: z.array(warningSchema),
    })
    .nullable()
    .default(null),
  /** The numbers of the videos that have a poster and a storyboard so far, from 1. */
  illustrated: z.array(z.number()).default([]),
  /** What happened to the task so far, by metrics series. */
  counts: z.record(z.string(), z.number()).default({}),
  /** The fingerprint of the request that created the task; null without an idempotency key. */
  fingerprint: z.string().nullable().default(null),
  failure: taskFailureSchema.nullable(),
  /** How often the task was started: once, and again with each retry and each change of renderer. */
  attempts: z.number().default(1),
  /** When the work was started or last resumed, and the weight of the jobs that were finished by then. */
  pace: z.strictObject({ since: z.number(), before: z.number() }).nullable().default(null),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Increases with every change. */
  revision: z.number(),
  /** The revision that D1 has, and when it was written. */
  listedRevision: z.number(),
  listedAt: z.number(),
  /** When the task was deleted. The record stays for a day, so that late runs find the task gone. */
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
    avoidedVoices: [],
    generation: 0,
    width: null,
    height: null,
    durations: [],
    captioned: [],
    captionTiming: null,
    authored: null,
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
