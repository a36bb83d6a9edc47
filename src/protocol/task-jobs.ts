import { z } from "zod";
import { mediaProbeSchema, renderJobSchema } from "./render-job.ts";

/** The pieces of work a task is made of, as its TaskObject stores them and the queue's consumer does them. */

/** Bytes that a job reads: an uploaded file in R2, or a file that comes with the service. */
export const inputSchema = z.strictObject({
  /** For messages. */
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

/** An uploaded file as a task keeps it: what it was when the task was made. */
export const taskMediaSchema = z.strictObject({ input: inputSchema, probe: mediaProbeSchema });
export type TaskMedia = z.infer<typeof taskMediaSchema>;

/** What may render a task: see `render/choose.ts`. */
export const rendererKinds = ["container", "http", "wasm"] as const;
export type RendererKind = (typeof rendererKinds)[number];

const planWorkSchema = z.strictObject({ kind: z.literal("plan") });

const renderWorkSchema = z.strictObject({
  kind: z.literal("render"),
  renderer: z.enum(rendererKinds),
  job: renderJobSchema,
  inputs: z.array(inputSchema),
  /** R2 key of the result; names everything that decides its bytes. */
  key: z.string(),
});
export type RenderWork = z.infer<typeof renderWorkSchema>;

const assembleWorkSchema = z.strictObject({
  kind: z.literal("assemble"),
  /** Which of a segment's video tracks to take: the one without subtitles, or the one seen last. */
  track: z.enum(["clean", "captioned"]),
  frameRate: z.number().int().positive(),
  /** In playback order. */
  segments: z.array(z.strictObject({ key: z.string(), frames: z.number().int().positive() })).min(1),
  soundtrack: z.string().nullable(),
  /** The file's title, where it has one. */
  title: z.string().optional(),
  key: z.string(),
});
export type AssembleWork = z.infer<typeof assembleWorkSchema>;

const stillsWorkSchema = z.strictObject({
  kind: z.literal("stills"),
  renderer: z.enum(rendererKinds),
  /** R2 key of the finished video that they are taken from. */
  video: z.string(),
  /** R2 keys of what is made. */
  poster: z.string(),
  storyboard: z.strictObject({ image: z.string(), vtt: z.string() }),
});
export type StillsWork = z.infer<typeof stillsWorkSchema>;

export const workSchema = z.discriminatedUnion("kind", [
  planWorkSchema,
  renderWorkSchema,
  assembleWorkSchema,
  stillsWorkSchema,
]);
export type Work = z.infer<typeof workSchema>;

/** Names of the jobs that others than the plan ask for. */
export const jobIds = {
  final: (video: number) => `final-${video}`,
};

/**
 * When a job may start. `opening`: at once, and nothing to render is handed out before all of these are
 * done, since they are what a video can begin to be watched with. `assemble`: when all that is rendered
 * of its video is done. `stills`: when its video is there too; such a job may be given up, since a
 * video without stills is a video all the same.
 */
export type Phase = "opening" | "render" | "assemble" | "stills";

/** A job of a plan. */
export interface PlannedJob {
  id: string;
  /** Which of the task's videos, from 1. */
  video: number;
  phase: Phase;
  /** Its share of the task's progress. */
  weight: number;
  work: RenderWork | AssembleWork | StillsWork;
}

/** What the plan job answers: the whole of the work, decided once. */
export interface Plan {
  renderer: RendererKind;
  /** Pixels. */
  width: number;
  height: number;
  /** Seconds, of each video. */
  durations: number[];
  /** Which of the videos have subtitles, from 1. */
  captioned: number[];
  jobs: PlannedJob[];
}

/** A small file that planning makes beside the videos. */
export interface SideFile {
  /** R2 key. */
  key: string;
  contentType: string;
  text: string;
}

/** A message on the jobs queue. `attempt` tells copies of one job apart in the logs. */
export const jobMessageSchema = z.strictObject({ taskId: z.uuid(), jobId: z.string(), attempt: z.number().int() });
export type JobMessage = z.infer<typeof jobMessageSchema>;
