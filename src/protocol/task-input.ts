import { z } from "zod";
import { rendererKinds } from "../api/task-state.ts";
import { videoRequestSchema } from "../api/video-request.ts";
import { inputSchema, taskMediaSchema } from "./task-jobs.ts";

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
