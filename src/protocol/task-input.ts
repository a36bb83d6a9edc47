import { z } from "zod";
import { warningSchema } from "../api/authored.ts";
import { rendererKinds } from "../api/task-state.ts";
import { videoRequestSchema } from "../api/video-request.ts";
import { authoringSchema } from "./authoring.ts";
import { inputSchema, taskMediaSchema } from "./task-jobs.ts";

/** An input that is fetched from a URL when the task is planned. */
export const remoteInputSchema = z.strictObject({
  /** The request field that has the URL, for messages. */
  field: z.string(),
  url: z.string(),
  place: z.enum(["material", "narration", "music", "subtitles", "timings"]),
  /** Index in the request's materials, or 0 for other inputs. */
  position: z.int(),
});
export type RemoteInput = z.infer<typeof remoteInputSchema>;

/** What a client of `/v1/videos` asked for, to be shown to it again. */
export const videosApiSchema = z.strictObject({
  prompt: z.string(),
  model: z.string(),
  /** As the client wrote it; null if it left it out. */
  seconds: z.string().nullable(),
  size: z.string().nullable(),
  /** The id of the task that this one is a remix of; null for others. */
  remixedFrom: z.string().nullable(),
});
export type VideosApi = z.infer<typeof videosApiSchema>;

/** The request of a task and its resolved input files, stored when the task is created. */
export const taskInputSchema = z.strictObject({
  request: videoRequestSchema,
  /** In the order of `request.video_materials`, without those in `remote`. */
  materials: z.array(taskMediaSchema),
  narration: taskMediaSchema.nullable(),
  music: taskMediaSchema.nullable(),
  /** The requested font, or null to choose bundled fonts by the script of the text. */
  font: inputSchema.nullable(),
  subtitles: inputSchema.nullable(),
  /** The file with the times of words; null without one. */
  timings: inputSchema.nullable().default(null),
  /** Inputs that must be fetched from URLs. */
  remote: z.array(remoteInputSchema).optional(),
  /** What has to be authored; null if the request names all of its inputs. */
  authoring: authoringSchema.nullable().default(null),
  /** What the task does in another way than the request asks for, as far as it is known when the task is created. */
  warnings: z.array(warningSchema).optional(),
  /** Missing for tasks that were not made through `/v1/videos`. */
  videosApi: videosApiSchema.optional(),
  /** The origin of the request. URLs in webhooks begin with it. */
  origin: z.string().default(""),
});
export type TaskInput = z.infer<typeof taskInputSchema>;

/** A renderer that a task does not use any more, and the reason. */
export const avoidedRendererSchema = z.strictObject({ renderer: z.enum(rendererKinds), reason: z.string() });
export type AvoidedRenderer = z.infer<typeof avoidedRendererSchema>;
