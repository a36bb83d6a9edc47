import { z } from "zod";
import type { TaskData } from "../api/task.ts";
import { isFinal, stages } from "../api/task-state.ts";
import type { TaskSummary } from "../db/task-summary.ts";
import { keys, outputNames } from "../storage/keys.ts";
import { viewTask } from "../tasks/view/view-task.ts";
import type { Caller } from "./caller.ts";
import type { Content } from "./tool.ts";

/** Max bytes of a poster that a result contains. Larger ones are only linked. */
const MAX_POSTER_BYTES = 1024 * 1024;

/** A task as tools return it: what a model needs to know, with links that a person can open. */
export function taskAnswerSchema() {
  return z.object({
    task_id: z.string(),
    stage: z.enum(stages).meta({ description: "succeeded, failed and cancelled are final." }),
    done: z.boolean().meta({ description: "Whether the stage is final." }),
    progress: z.int().min(0).max(100).meta({ description: "Percent." }),
    eta_seconds: z.int().nullable(),
    subject: z.string(),
    videos: z.array(z.string()).meta({ description: "Links to the finished MP4 files." }),
    posters: z.array(z.string()).meta({ description: "Links to JPEG pictures of the videos." }),
    subtitles: z.array(z.string()).meta({ description: "Links to SRT files." }),
    watch: z.string().meta({ description: "Link to a page that plays the video, also while it is rendered." }),
    durations: z.array(z.number()).meta({ description: "Seconds of each video." }),
    width: z.int().nullable(),
    height: z.int().nullable(),
    script: z.string().optional().meta({ description: "The script that was written or spoken." }),
    voice: z.string().nullable().optional(),
    warnings: z.array(z.string()).meta({ description: "What was done in another way than requested." }),
    error: z
      .object({ code: z.string(), message: z.string(), retryable: z.boolean() })
      .nullable()
      .meta({ description: "Why the task failed." }),
    created_at: z.string(),
  });
}
export type TaskAnswer = z.infer<ReturnType<typeof taskAnswerSchema>>;

/** The URI of a task as a resource. */
export const taskUri = (id: string): string => `edgereel://tasks/${id}`;

/** A task in the form of {@link taskAnswerSchema}. */
export function taskAnswer(task: TaskData): TaskAnswer {
  const { failure } = task;
  return {
    task_id: task.task_id,
    stage: task.stage,
    done: isFinal(task.stage),
    progress: task.progress,
    eta_seconds: task.eta_seconds,
    subject: task.video_subject,
    videos: task.videos,
    posters: task.posters,
    subtitles: task.subtitles.map(({ srt }) => srt),
    watch: task.watch,
    durations: task.durations,
    width: task.width,
    height: task.height,
    ...(task.script === undefined ? {} : { script: task.script }),
    ...(task.voice === undefined ? {} : { voice: task.voice?.id ?? null }),
    warnings: (task.warnings ?? []).map(({ message }) => message),
    error: failure ? { code: failure.code, message: failure.message, retryable: failure.retryable } : null,
    created_at: task.created_at,
  };
}

/** A task as a tool's answer: data, text, links to its files, and the poster of its first video as a picture. */
export async function answerWithTask(
  caller: Caller,
  summary: TaskSummary,
): Promise<{ data: TaskAnswer; content: Content[] }> {
  const task = await viewTask(caller.env.DB, summary, caller.links);
  const links: Content[] = [
    ...task.videos.map((uri, index) => ({
      type: "resource_link" as const,
      uri,
      name: outputNames.final(index + 1),
      title: task.video_subject || "The video",
      mimeType: "video/mp4",
    })),
    {
      type: "resource_link",
      uri: taskUri(task.task_id),
      name: task.task_id,
      title: "The task with all of its data",
      mimeType: "application/json",
    },
  ];
  const poster = task.posters.length > 0 ? await posterOf(caller, task.task_id) : [];
  return { data: taskAnswer(task), content: [{ type: "text", text: describeTask(task) }, ...poster, ...links] };
}

/** A task's state in a few sentences, with what to do next. */
export function describeTask(task: TaskData): string {
  const { task_id: id, stage, progress, eta_seconds, videos, durations, width, height, failure } = task;
  const lines: string[] = [];
  if (stage === "succeeded") {
    lines.push(`Task ${id} has succeeded.`);
    for (const [index, url] of videos.entries()) {
      lines.push(`Video ${index + 1} (${durations[index]?.toFixed(1)} s, ${width}×${height}, MP4): ${url}`);
    }
    for (const { video, srt } of task.subtitles) lines.push(`Subtitles of video ${video} (SRT): ${srt}`);
    if (task.audio_file) lines.push(`Narration (WAV): ${task.audio_file}`);
    if (videos.length > 0) lines.push(`Page that plays it: ${task.watch}`);
    if (videos.length === 0 && task.script !== undefined) lines.push(`Script: ${task.script}`);
    if (videos.length === 0 && task.terms) lines.push(`Search terms: ${task.terms.join(", ")}`);
  } else if (isFinal(stage)) {
    lines.push(`Task ${id} is ${stage}: ${failure ? `${failure.code}: ${failure.message}` : "no reason is known"}`);
    const again = "call remake_video with changes, or create_video";
    lines.push(
      failure?.retryable ? `To continue it, call retry_video; to change it, ${again}.` : `To try again, ${again}.`,
    );
  } else {
    const left = eta_seconds === null ? "" : `, about ${eta_seconds} s left`;
    lines.push(`Task ${id} is ${stage} (${progress} %${left}).`);
    if (task.streams.length > 0) lines.push(`The first seconds can be watched already: ${task.watch}`);
    lines.push(`Call wait_for_video with task_id "${id}" until it is done.`);
  }
  for (const { message } of task.warnings ?? []) lines.push(`Note: ${message}`);
  return lines.join("\n");
}

/** The poster of a task's first video as a picture; nothing if it is missing or too large for a result. */
async function posterOf({ env }: Caller, taskId: string): Promise<Content[]> {
  const object = await env.MEDIA.get(keys.output(taskId, outputNames.poster(1)));
  if (!object) return [];
  if (object.size > MAX_POSTER_BYTES) {
    await object.body.cancel();
    return [];
  }
  return [{ type: "image", data: toBase64(await object.bytes()), mimeType: "image/jpeg" }];
}

/** Base64 with padding (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // Each part is a multiple of three bytes, so that parts can be joined, and few enough to be arguments of a call.
  for (let at = 0; at < bytes.length; at += 24_576) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 24_576))));
  }
  return parts.join("");
}
