import type { VideoOutput } from "../../api/fields/pictures.ts";
import type { TaskData } from "../../api/task.ts";
import { failedStageOf } from "../../api/task-failure.ts";
import { canRetry, isFinal, stateCode } from "../../api/task-state.ts";
import type { TaskSummary } from "../../db/task-summary.ts";
import type { TaskInput } from "../../protocol/task-input.ts";
import type { Authored } from "../../protocol/task-jobs.ts";
import { outputNames } from "../../storage/keys.ts";
import type { TaskRecord } from "../object/task-record.ts";
import type { WorkTotals } from "../object/task-store.ts";
import { etaSeconds } from "../state.ts";
import type { TaskLinks } from "./task-links.ts";

/** Summarizes a record and its jobs: everything of the public form that does not depend on the request. */
export function summarize(
  record: TaskRecord,
  totals: WorkTotals,
  { request, authoring, warnings, videosApi }: Pick<TaskInput, "request" | "authoring" | "warnings" | "videosApi">,
  playable: readonly { video: number; segments: number }[],
  authored: Authored | null,
): TaskSummary {
  // A task that authored nothing has no other place for what its plan tells.
  const told = [...(warnings ?? []), ...(authored ? [] : (record.authored?.warnings ?? []))];
  const credits = request.video_materials.flatMap(({ credit }) => credit ?? []);
  return {
    task_id: record.id,
    stage: record.stage,
    progress: record.progress,
    video_subject: request.video_subject,
    video_count: request.video_count,
    renderer: record.renderer,
    width: record.width,
    height: record.height,
    durations: record.durations,
    captioned: record.captioned,
    caption_timing: record.captionTiming,
    illustrated: record.illustrated,
    authored: authored && authoredParts(record, authored),
    ...(told.length > 0 ? { warnings: told } : {}),
    ...(credits.length > 0 ? { credits } : {}),
    stop_at: authoring?.stopAt ?? "video",
    outputs: request.outputs,
    segments: { total: totals.segments, finished: totals.finishedSegments },
    streams: canRetry(record.stage) ? [] : playable.filter(({ segments }) => segments > 0).map(({ video }) => video),
    failure: record.failure,
    attempts: record.attempts,
    revision: record.revision,
    pace: record.pace && { ...record.pace, finished: totals.finished, total: totals.total },
    created_at: new Date(record.createdAt).toISOString(),
    updated_at: new Date(record.updatedAt).toISOString(),
    ...(videosApi ? { videos_api: videosApi } : {}),
  };
}

function authoredParts(
  { authored: parts }: TaskRecord,
  { terms, voice, warnings }: Authored,
): NonNullable<TaskSummary["authored"]> {
  return {
    terms,
    voice: voice && { id: voice.voice.id, language: voice.voice.language, provider: voice.voice.provider },
    audio: parts?.audioDuration ?? null,
    credits: parts?.credits ?? [],
    warnings: parts?.warnings ?? warnings,
  };
}

/**
 * The public form of a task.
 *
 * @param links makes the URLs.
 * @param queuePosition null if unknown.
 */
export function taskData(summary: TaskSummary, links: TaskLinks, queuePosition: number | null = null): TaskData {
  const {
    video_count,
    captioned,
    caption_timing,
    illustrated,
    streams,
    failure,
    pace,
    webhooks,
    authored,
    stop_at,
    outputs,
    videos_api,
    ...shown
  } = summary;
  const { script, warnings, credits, ...rest } = shown;
  const succeeded = summary.stage === "succeeded";
  const ready = succeeded && stop_at === "video" ? Array.from({ length: video_count }, (_, index) => index + 1) : [];
  const pictured = ready.filter((video) => illustrated.includes(video));
  const readyAs = (output: VideoOutput) => (outputs.includes(output) ? ready : []);
  const { task_id: id } = summary;
  const address = (file: string) => links.file(id, file);
  return {
    ...rest,
    state: stateCode(summary.stage),
    queue_position: queuePosition,
    eta_seconds: pace && !isFinal(summary.stage) ? etaSeconds(pace, Date.now()) : null,
    videos: readyAs("final").map((video) => address(outputNames.final(video))),
    combined_videos: readyAs("combined").map((video) => address(outputNames.combined(video))),
    subtitles: (succeeded && stop_at === "subtitle" ? [1] : ready)
      .filter((video) => captioned.includes(video))
      .map((video) => ({
        video,
        srt: address(outputNames.srt(video)),
        vtt: address(outputNames.vtt(video)),
        // Tasks of earlier versions have no such files.
        ...(caption_timing && {
          words_vtt: address(outputNames.wordsVtt(video)),
          words_json: address(outputNames.wordsJson(video)),
          ass: address(outputNames.ass(video)),
        }),
      })),
    captions: caption_timing && { timing: caption_timing },
    posters: pictured.map((video) => address(outputNames.poster(video))),
    storyboards: pictured.map((video) => ({
      video,
      image: address(outputNames.storyboardImage(video)),
      vtt: address(outputNames.storyboardVtt(video)),
    })),
    streams: streams.map((video) => links.stream(id, video)),
    watch: links.watch(id),
    ...authoredData(authored ?? nothingAuthored(script), succeeded, summary, address),
    ...(failure ? { error: failure.message, failed_stage: failedStageOf(failure), failure } : {}),
    ...(webhooks ? { webhooks } : {}),
  };
}

/** What a task tells that made no text, speech or footage. */
function nothingAuthored(script: string | undefined): NonNullable<TaskSummary["authored"]> {
  return {
    ...(script === undefined ? {} : { script }),
    terms: [],
    voice: null,
    audio: null,
    credits: [],
    warnings: [],
  };
}

/** What a task used and made before its videos, with MoneyPrinterTurbo's names. */
function authoredData(
  { script, terms, voice, audio, credits, warnings }: NonNullable<TaskSummary["authored"]>,
  succeeded: boolean,
  { captioned, warnings: early = [], credits: given = [] }: TaskSummary,
  address: (file: string) => string,
): Partial<TaskData> {
  const [subtitles] = captioned;
  return {
    ...(script === undefined ? {} : { script }),
    terms,
    voice,
    audio_file: succeeded && audio !== null ? address(outputNames.narration()) : null,
    audio_duration: audio,
    subtitle_path: succeeded && subtitles !== undefined ? address(outputNames.srt(subtitles)) : null,
    materials: [...given, ...credits],
    warnings: [...early, ...warnings],
  };
}
