import { type TaskInput, taskInputSchema } from "../../protocol/task-input.ts";
import {
  type AssembleWork,
  type Authored,
  type AuthoringJob,
  type AuthoringPhase,
  authoredSchema,
  jobIds,
  type Phase,
  type PlannedJob,
  type Work,
  workSchema,
} from "../../protocol/task-jobs.ts";
import type { QueueName } from "../queues.ts";
import type { SentMessage, Setbacks } from "../retry.ts";
import { type TaskRecord, taskRecordSchema } from "./task-record.ts";
import {
  BEFORE_PLAN,
  clearJobs,
  createTables,
  openTables,
  PLAYABLE,
  type RemovedJobs,
  readyJobs,
  SUMMED,
} from "./task-tables.ts";

/** A job waits for its turn, is in a queue, is running, is done, or was cancelled with its task. */
export type JobState = "waiting" | "queued" | "running" | "done" | "cancelled";

/** A job, without its work. */
export interface JobRow extends Setbacks {
  id: string;
  video: number;
  phase: Phase | AuthoringPhase;
  state: JobState;
  /** Messages sent since the job last ran. */
  sends: number;
  /** How often a consumer took the job: the number of its newest run. */
  runs: number;
  /** Until when the job is left alone: then its message or run counts as overdue. */
  lease: number;
}

/** The newest message of a job, and its queue. */
export interface QueuedMessage extends SentMessage {
  queue: QueueName;
}

/** How much of a task's work is done. */
export interface WorkTotals {
  total: number;
  finished: number;
  segments: number;
  finishedSegments: number;
  /** Weight of the jobs before the plan, and of those that are done. */
  authoring: number;
  authored: number;
  /** Jobs that are not done: those before the plan and the plan job, render jobs, and the jobs after them. */
  authoringLeft: number;
  rendersLeft: number;
  finishingLeft: number;
}

/**
 * Reads and writes a TaskObject's tables. The record is one row of JSON. Each job is a row of its own, because a
 * long video has thousands of jobs and each changes alone.
 */
export class TaskStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** The record; null if this object never had a task, and then nothing is written. */
  read(): TaskRecord | null {
    if (!openTables(this.#sql)) return null;
    const row = this.#sql.exec<{ record: string }>("SELECT record FROM task").toArray()[0];
    return row ? taskRecordSchema.parse(JSON.parse(row.record)) : null;
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

  /** Adds jobs that run before the task is planned, behind those that there are. A job that is there already stays. */
  addAuthoringJobs(jobs: readonly AuthoringJob[]): void {
    const { first } = this.#sql
      .exec<{ first: number }>("SELECT COALESCE(MAX(position) + 1, 0) AS first FROM job")
      .one();
    for (const [index, job] of jobs.entries()) {
      this.#insertJob(job.id, first + index, 0, job.phase, job.work.kind, job.weight, job.work, null);
    }
  }

  /** What was authored; null until the write job has ended, or without one. */
  authored(): Authored | null {
    const row = this.#sql.exec<{ value: string }>("SELECT value FROM authored").toArray()[0];
    return row ? authoredSchema.parse(JSON.parse(row.value)) : null;
  }

  setAuthored(authored: Authored): void {
    this.#sql.exec("INSERT OR REPLACE INTO authored VALUES (1, ?)", JSON.stringify(authored));
  }

  /** Whether a job of this kind is not done. */
  hasUnfinished(kind: Work["kind"]): boolean {
    return this.#sql.exec("SELECT 1 FROM job WHERE kind = ? AND state <> 'done' LIMIT 1", kind).toArray().length > 0;
  }

  addJobs(jobs: readonly PlannedJob[]): void {
    const segments = new Map<number, number>();
    const { last } = this.#sql.exec<{ last: number }>("SELECT COALESCE(MAX(position), 0) AS last FROM job").one();
    for (const [index, job] of jobs.entries()) {
      const kind = job.work.kind === "render" ? job.work.job.kind : job.work.kind;
      const segment = kind === "segment" ? (segments.get(job.video) ?? 0) : null;
      if (segment !== null) segments.set(job.video, segment + 1);
      this.#insertJob(job.id, last + index + 1, job.video, job.phase, kind, job.weight, job.work, segment);
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
      "INSERT OR IGNORE INTO job (id, position, video, phase, kind, weight, work, segment) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
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

  /** The length in seconds of the segment that a job renders; null for other jobs. */
  segmentSeconds(id: string): number | null {
    const work = this.work(id);
    return work.kind === "render" && work.job.kind === "segment" ? work.job.frames / work.job.frameRate : null;
  }

  /** Writes the columns of a job that change. */
  update({ id, state, sends, runs, lease, faults, unreachable, busy }: JobRow): void {
    this.#sql.exec(
      "UPDATE job SET state = ?, sends = ?, runs = ?, lease = ?, faults = ?, unreachable = ?, busy = ? WHERE id = ?",
      ...[state, sends, runs, lease, faults, unreachable, busy, id],
    );
  }

  /** The newest message of a job; null if none is known. */
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

  /** Jobs that are queued or running. */
  inFlight(): JobRow[] {
    return this.#sql
      .exec<JobRow & Row>(`SELECT ${JOB_COLUMNS} FROM job WHERE state IN ('queued', 'running') ORDER BY position`)
      .toArray();
  }

  /** The next jobs that may start, in order: see {@link PlannedJob.phase}. */
  ready(limit: number): JobRow[] {
    return this.#sql.exec<JobRow & Row>(readyJobs(JOB_COLUMNS), limit).toArray();
  }

  /** Sums up the jobs. Reads a few rows per video, however many segments it has. */
  totals(): WorkTotals {
    return this.#sql.exec<WorkTotals & Row>(SUMMED).one();
  }

  /**
   * The assembly of a video as planned: of its final file, or of the combined one if that is the only one. Null before
   * there is a plan, or if the task has no such video.
   */
  assembly(video: number): AssembleWork | null {
    const [final, combined] = [jobIds.final(video), jobIds.combined(video)];
    const rows = this.#sql
      .exec<{ work: string }>("SELECT work FROM job WHERE id IN (?, ?) ORDER BY id = ? DESC", final, combined, final)
      .toArray();
    const work = rows[0] && workSchema.parse(JSON.parse(rows[0].work));
    return work?.kind === "assemble" ? work : null;
  }

  /**
   * How many segments of each video can be played from its start: 0 until its soundtrack is rendered. Reads a few
   * rows per video.
   */
  playable(): { video: number; segments: number }[] {
    return this.#sql.exec<{ video: number; segments: number }>(PLAYABLE).toArray();
  }

  dropJobs(which: RemovedJobs = "all"): void {
    clearJobs(this.#sql, which);
  }

  /** Cancels every job that is not done, so that nothing of a failed or cancelled task goes on. */
  cancelJobs(): void {
    this.#sql.exec("UPDATE job SET state = 'cancelled' WHERE state <> 'done'");
  }

  /**
   * Puts cancelled jobs back on the plan, without setbacks. Their run number increases, so that reports about an
   * earlier run, or about its message, are ignored.
   */
  restoreJobs(): void {
    this.#sql.exec(
      `UPDATE job SET state = 'waiting', sends = 0, runs = runs + 1, lease = 0, faults = 0, unreachable = 0, busy = 0
       WHERE state = 'cancelled'`,
    );
  }

  /** Whether there is a plan. */
  isPlanned(): boolean {
    return this.#sql.exec(`SELECT 1 FROM job WHERE phase NOT IN (${BEFORE_PLAN}) LIMIT 1`).toArray().length > 0;
  }
}

type Row = Record<string, SqlStorageValue>;

const JOB_COLUMNS = "id, video, phase, state, sends, runs, lease, faults, unreachable, busy";
