import { z } from "zod";
import { type Credit, creditSchema, type Warning, warningSchema } from "../api/authored.ts";
import type { CaptionTiming } from "../api/task.ts";
import { type RendererKind, rendererKinds } from "../api/task-state.ts";
import {
  gatherWorkSchema,
  narrateWorkSchema,
  outlineSchema,
  pictureWorkSchema,
  searchWorkSchema,
  speakWorkSchema,
  writeWorkSchema,
} from "./authoring.ts";
import { mediaProbeSchema, renderJobSchema } from "./render-job.ts";

/** The jobs of a task. The TaskObject stores them, and the queue's consumer runs them. */

/** A file that a job reads: an uploaded file in R2, or a file that is deployed with the service. */
export const inputSchema = z.strictObject({
  /** The file's name for messages. */
  name: z.string(),
  sha256: z.string(),
  /** Bytes. */
  size: z.number().int().nonnegative(),
  from: z.discriminatedUnion("store", [
    z.strictObject({ store: z.literal("r2"), key: z.string() }),
    z.strictObject({ store: z.literal("assets"), path: z.string() }),
  ]),
});
export type Input = z.infer<typeof inputSchema>;

/** An uploaded file and its properties at the time when the task was created. */
export const taskMediaSchema = z.strictObject({ input: inputSchema, probe: mediaProbeSchema });
export type TaskMedia = z.infer<typeof taskMediaSchema>;

const planWorkSchema = z.strictObject({ kind: z.literal("plan") });

const renderWorkSchema = z.strictObject({
  kind: z.literal("render"),
  renderer: z.enum(rendererKinds),
  job: renderJobSchema,
  inputs: z.array(inputSchema),
  /** R2 key of the result. It includes a hash of everything that decides the result's bytes. */
  key: z.string(),
});
export type RenderWork = z.infer<typeof renderWorkSchema>;

const assembleWorkSchema = z.strictObject({
  kind: z.literal("assemble"),
  /**
   * The video track to copy from each segment: the first one, without captions, or the last one, with captions if any.
   */
  track: z.enum(["clean", "captioned"]),
  frameRate: z.number().int().positive(),
  /** R2 keys and lengths in frames, in playback order. */
  segments: z.array(z.strictObject({ key: z.string(), frames: z.number().int().positive() })).min(1),
  soundtrack: z.string().nullable(),
  /** The title to write into the file's metadata. */
  title: z.string().optional(),
  key: z.string(),
});
export type AssembleWork = z.infer<typeof assembleWorkSchema>;

const stillsWorkSchema = z.strictObject({
  kind: z.literal("stills"),
  renderer: z.enum(rendererKinds),
  /** R2 key of the finished video. */
  video: z.string(),
  /** R2 key of the poster. */
  poster: z.string(),
  /** R2 keys of the storyboard. */
  storyboard: z.strictObject({ image: z.string(), vtt: z.string() }),
});
export type StillsWork = z.infer<typeof stillsWorkSchema>;

export const workSchema = z.discriminatedUnion("kind", [
  writeWorkSchema,
  speakWorkSchema,
  searchWorkSchema,
  pictureWorkSchema,
  narrateWorkSchema,
  gatherWorkSchema,
  planWorkSchema,
  renderWorkSchema,
  assembleWorkSchema,
  stillsWorkSchema,
]);
export type Work = z.infer<typeof workSchema>;

/** Ids of jobs that code outside planning refers to. */
export const jobIds = {
  final: (video: number) => `final-${video}`,
  combined: (video: number) => `combined-${video}`,
};

/**
 * The phases before a task is planned, in their order: a job starts when all jobs of earlier phases are done.
 *
 * - `write`: the script, the search terms and the voice.
 * - `author`: sentences are spoken, footage is searched, pictures are made.
 * - `narrate`: the sentences become one narration.
 * - `gather`: clips are chosen and fetched.
 * - `plan`: all other jobs are planned.
 */
export const authoringPhases = ["write", "author", "narrate", "gather", "plan"] as const;
export type AuthoringPhase = (typeof authoringPhases)[number];

/** A job that authors a part of a task. */
export interface AuthoringJob {
  id: string;
  phase: AuthoringPhase;
  /** Its share of the progress before the task is planned. */
  weight: number;
  work: Exclude<Work, RenderWork | AssembleWork | StillsWork>;
}

/** The job that plans a task. */
export const PLAN_JOB: AuthoringJob = { id: "plan", phase: "plan", weight: 1, work: { kind: "plan" } };

/** What the write job decided, and where the results of the authoring jobs are. */
export const authoredSchema = outlineSchema.extend({
  /** R2 key of the narration's description; null without a narration. */
  narrated: z.string().nullable(),
  /** R2 key of the gathered materials; null if none are gathered. */
  gathered: z.string().nullable(),
});
export type Authored = z.infer<typeof authoredSchema>;

/** Materials that were gathered for a task. */
export const gatheredSchema = z.strictObject({
  materials: z.array(
    z.strictObject({
      media: taskMediaSchema,
      /** Max seconds to show it at once; 0 for no limit. */
      duration: z.number().min(0),
      credit: creditSchema,
    }),
  ),
  warnings: z.array(warningSchema),
});
export type Gathered = z.infer<typeof gatheredSchema>;

/** What a planned task tells about its authored parts. */
export interface AuthoredParts {
  /** Seconds of the narration; null without one. */
  audioDuration: number | null;
  credits: Credit[];
  warnings: Warning[];
}

/**
 * Decides when a job of a plan may start.
 *
 * - `opening`: at once. Watching a video can begin when these jobs are done, so they run before all other render jobs.
 * - `render`: when all `opening` jobs are done.
 * - `assemble`: when all render jobs of its video are done.
 * - `stills`: when its video is assembled. If such a job fails, the task still succeeds.
 */
export type Phase = "opening" | "render" | "assemble" | "stills";

/** A job of a plan. */
export interface PlannedJob {
  id: string;
  /** Number of the task's video, from 1. */
  video: number;
  phase: Phase;
  /** Its share of the task's progress. */
  weight: number;
  work: RenderWork | AssembleWork | StillsWork;
}

/** The result of the plan job: all other jobs of the task. */
export interface Plan {
  renderer: RendererKind;
  /** Frame width in pixels. */
  width: number;
  /** Frame height in pixels. */
  height: number;
  /** Duration of each video, in seconds. */
  durations: number[];
  /** Numbers of the videos that have subtitles, from 1. */
  captioned: number[];
  /** Where the times of the subtitles come from; null without subtitles. */
  captionTiming?: CaptionTiming | null;
  jobs: PlannedJob[];
  authored: AuthoredParts | null;
}

/** A small text file that planning creates, such as a subtitle file. */
export interface SideFile {
  /** R2 key. */
  key: string;
  contentType: string;
  text: string;
}

/** A message in the jobs queue. `attempt` distinguishes several messages for the same job in logs. */
export const jobMessageSchema = z.strictObject({ taskId: z.uuid(), jobId: z.string(), attempt: z.number().int() });
export type JobMessage = z.infer<typeof jobMessageSchema>;
