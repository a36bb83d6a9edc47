import { z } from "zod";
import { videoRequestSchema } from "../../api/video-request.ts";
import { DEFAULT_OWNER } from "../../auth/owner.ts";
import { counted } from "../../metrics/definitions.ts";
import {
  type AssembleWork,
  inputSchema,
  jobIds,
  type Phase,
  type PlannedJob,
  rendererKinds,
  taskMediaSchema,
  type Work,
  workSchema,
} from "../../protocol/task-jobs.ts";
import type { QueueName } from "../queues.ts";
import { type SentMessage, type Setbacks, type Stage, stages, type TaskError } from "../state.ts";
import { clearJobs, createTables, openTables, PLAYABLE, readyJobs, SUMMED } from "./task-tables.ts";

/** An input that is fetched when the task is planned. */
export const remoteInputSchema = z.strictObject({
  /** Of the request, for messages. */
  field: z.string(),
  url: z.string(),
  place: z.enum(["material", "narration", "music", "subtitles"]),
  /** Among the request's materials; 0 for others. */
  position: z.int(),
});
export type RemoteInput = z.infer<typeof remoteInputSchema>;

/** What a task was made of, kept from creation. */
export const taskInputSchema = z.strictObject({
  request: videoRequestSchema,
  /** In the order of `request.video_materials`, without those in `remote`. */
  materials: z.array(taskMediaSchema),
  narration: taskMediaSchema.nullable(),
  music: taskMediaSchema.nullable(),
  /** The font asked for, or null where bundled ones are taken by script. */
  font: inputSchema.nullable(),
  subtitles: inputSchema.nullable(),
  /** What is still to be fetched from elsewhere. */
  remote: z.array(remoteInputSchema).optional(),
  /** What addresses in webhooks begin with: the origin of the request. */
  origin: z.string().default(""),
});
export type TaskInput = z.infer<typeof taskInputSchema>;

/** A renderer given up for a task. */
export const avoidedRendererSchema = z.strictObject({ renderer: z.enum(rendererKinds), reason: z.string() });
export type AvoidedRenderer = z.infer<typeof avoidedRendererSchema>;

const recordSchema = z.strictObject({
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
  error: z
    .strictObject({
      code: z.string(),
      stage: z.enum(stages),
      message: z.string(),
      retryable: z.boolean().default(true),
    })
    .nullable(),
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
export type TaskRecord = z.infer<typeof recordSchema>;

/** Whether a job waits for its turn, is on the queue, is being run, is done, or will never be. */
export type JobState = "waiting" | "queued" | "running" | "done" | "cancelled";

/** A job without its work. */
export interface JobRow extends Setbacks {
  id: string;
  video: number;
  /** The plan job is a `plan`. */
  phase: Phase | "plan";
  state: JobState;
  /** Messages sent since it last ran. */
  sends: number;
  /** Times a consumer took it; the number of its newest run. */
  runs: number;
  /** When to ask what became of it. */
  lease: number;
}

/** The newest message of a job, and the queue that it went to. */
export interface QueuedMessage extends SentMessage {
  queue: QueueName;
}

/** How much of a task's work is done, by what users care about. */
export interface WorkTotals {
  total: number;
  finished: number;
  segments: number;
  finishedSegments: number;
  /** Jobs not done: of rendering, and of what comes after it. */
  rendersLeft: number;
  finishingLeft: number;
}

/**
 * A TaskObject's tables. The record is one row of JSON; a job is a row of its own, since a long
 * video has thousands and each changes alone.
 */
export class TaskStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** The record, or null where this object never had a task; writes nothing then. */
  read(): TaskRecord | null {
    if (!openTables(this.#sql)) return null;
    const row = this.#sql.exec<{ record: string }>("SELECT record FROM task").toArray()[0];
    return row ? recordSchema.parse(JSON.parse(row.record)) : null;
  }

  create(record: TaskRecord, input: TaskInput): void {
    createTables(this.#sql);
    this.#sql.exec("INSERT INTO task VALUES (1, ?, ?)", JSON.stringify(record), JSON.stringify(input));
  }

  write(record: TaskRecord): void {
    this.#sql.exec("UPDATE task SET record = ?", JSON.stringify(record));
  }

  input(): TaskInput {
    const row = this.#sql.exec<{ input: string }>("SELECT input FROM task").one();
    return taskInputSchema.parse(JSON.parse(row.input));
  }

  addPlanJob(): void {
    this.#insertJob("plan", 0, 0, "plan", "plan", 0, { kind: "plan" }, null);
  }

  addJobs(jobs: readonly PlannedJob[]): void {
    const segments = new Map<number, number>();
    for (const [index, job] of jobs.entries()) {
      const kind = job.work.kind === "render" ? job.work.job.kind : job.work.kind;
      const segment = kind === "segment" ? (segments.get(job.video) ?? 0) : null;
      if (segment !== null) segments.set(job.video, segment + 1);
      this.#insertJob(job.id, index + 1, job.video, job.phase, kind, job.weight, job.work, segment);
    }
  }

  #insertJob(
    id: string,
    position: number,
    video: number,
    phase: string,
    kind: string,
    weight: number,
    work: Work,
    segment: number | null,
  ): void {
    this.#sql.exec(
      "INSERT INTO job (id, position, video, phase, kind, weight, work, segment) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      ...[id, position, video, phase, kind, weight, JSON.stringify(work), segment],
    );
  }

  job(id: string): JobRow | null {
    return this.#sql.exec<JobRow & Row>(`SELECT ${JOB_COLUMNS} FROM job WHERE id = ?`, id).toArray()[0] ?? null;
  }

  work(id: string): Work {
    return workSchema.parse(
      JSON.parse(this.#sql.exec<{ work: string }>("SELECT work FROM job WHERE id = ?", id).one().work),
    );
  }

  /** Seconds of video that a job renders; null where it is no segment. */
  segmentSeconds(id: string): number | null {
    const work = this.work(id);
    return work.kind === "render" && work.job.kind === "segment" ? work.job.frames / work.job.frameRate : null;
  }

  /** Writes what changes of a job. */
  update({ id, state, sends, runs, lease, faults, unreachable, busy }: JobRow): void {
    this.#sql.exec(
      "UPDATE job SET state = ?, sends = ?, runs = ?, lease = ?, faults = ?, unreachable = ?, busy = ? WHERE id = ?",
      ...[state, sends, runs, lease, faults, unreachable, busy, id],
    );
  }

  /** The newest message of a job; null where none is known of. */
  message(job: string): QueuedMessage | null {
    return (
      this.#sql
        .exec<QueuedMessage & Row>("SELECT queue, sentAt, head FROM sent_message WHERE job = ?", job)
        .toArray()[0] ?? null
    );
  }

  noteMessage(job: string, { queue, sentAt, head }: QueuedMessage): void {
    this.#sql.exec("INSERT OR REPLACE INTO sent_message VALUES (?, ?, ?, ?)", job, queue, sentAt, head);
  }

  /** Jobs on the queue or being run. */
  inFlight(): JobRow[] {
    return this.#sql
      .exec<JobRow & Row>(`SELECT ${JOB_COLUMNS} FROM job WHERE state IN ('queued', 'running') ORDER BY position`)
      .toArray();
  }

  /** The next jobs that may start: see {@link PlannedJob.phase}. */
  ready(limit: number): JobRow[] {
    return this.#sql.exec<JobRow & Row>(readyJobs(JOB_COLUMNS), limit).toArray();
  }

  /** Reads a few rows for each video, however many segments it has. */
  totals(): WorkTotals {
    return this.#sql.exec<WorkTotals & Row>(SUMMED).one();
  }

  /** The joining of a video as it was planned, or null before there is a plan, or where there is no such video. */
  finalAssembly(video: number): AssembleWork | null {
    const row = this.#sql.exec<{ work: string }>("SELECT work FROM job WHERE id = ?", jobIds.final(video)).toArray()[0];
    const work = row && workSchema.parse(JSON.parse(row.work));
    return work?.kind === "assemble" ? work : null;
  }

  /**
   * How much of each video can be played from its beginning: 0 segments until its soundtrack is there
   * too. Reads a few rows for each video.
   */
  playable(): { video: number; segments: number }[] {
    return this.#sql.exec<{ video: number; segments: number }>(PLAYABLE).toArray();
  }

  dropJobs(): void {
    clearJobs(this.#sql);
  }

  /** Takes every job that is not done off the plan, so that nothing of a failed or cancelled task goes on. */
  cancelJobs(): void {
    this.#sql.exec("UPDATE job SET state = 'cancelled' WHERE state <> 'done'");
  }

  /**
   * Puts the jobs that were taken off the plan back on it, with no setbacks. The number of their newest
   * run goes up, so that what is said of an earlier one, or of its message, counts no more.
   */
  restoreJobs(): void {
    this.#sql.exec(
      `UPDATE job SET state = 'waiting', sends = 0, runs = runs + 1, lease = 0, faults = 0, unreachable = 0, busy = 0
       WHERE state = 'cancelled'`,
    );
  }

  /** Whether the plan is made. */
  isPlanned(): boolean {
    return this.#sql.exec("SELECT 1 FROM job WHERE phase <> 'plan' LIMIT 1").toArray().length > 0;
  }
}

type Row = Record<string, SqlStorageValue>;

const JOB_COLUMNS = "id, video, phase, state, sends, runs, lease, faults, unreachable, busy";

/** A task's first record. */
export function newRecord(id: string, now: number, fingerprint: string | null, owner: string): TaskRecord {
  return {
    id,
    owner,
    stage: "queued" satisfies Stage,
    progress: 0,
    renderer: null,
    avoided: [],
    generation: 0,
    width: null,
    height: null,
    durations: [],
    captioned: [],
    illustrated: [],
    counts: counted({}, "tasks_created", {}),
    fingerprint,
    error: null as TaskError | null,
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
