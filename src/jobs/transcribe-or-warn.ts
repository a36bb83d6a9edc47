import type { Warning } from "../api/authored.ts";
import { canTranscribe, transcribeNarration } from "../authoring/transcription/transcribe-narration.ts";
import type { CaptionSources } from "../planning/load-caption-sources.ts";
import { transcriptionFault } from "../planning/time-captions.ts";
import type { SpokenWord } from "../protocol/author.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import type { Renderer } from "../renderers/renderer.ts";
import { lastingFailure } from "./authoring/part-failure.ts";
import type { Run } from "./run.ts";

/** The words of a narration as a provider heard them, and why they are unknown. */
export interface TranscribedNarration {
  words: SpokenWord[] | null;
  warnings: Warning[];
}

export const NOT_TRANSCRIBED: TranscribedNarration = { words: null, warnings: [] };

/**
 * Has a narration transcribed if a provider is configured. If that fails for good, or another text was heard, a warning
 * says so, and the pauses of the narration decide.
 *
 * @throws AuthorError or CodedError `author_unavailable` that may pass; the signal's reason.
 */
export async function transcribeOrWarn(
  { env, taskId, ticket, signal }: Pick<Run, "env" | "taskId" | "ticket" | "signal">,
  task: TaskInput,
  sources: CaptionSources,
  renderers: readonly Renderer[],
): Promise<TranscribedNarration> {
  const { narration, request } = task;
  if (!narration || !(await canTranscribe(env))) return NOT_TRANSCRIBED;
  try {
    const job = { env, taskId, narration, language: request.video_language, renderers, signal };
    const words = await transcribeNarration(job);
    const fault = transcriptionFault(task, sources, words);
    return fault === null ? { words, warnings: [] } : notTranscribed(fault);
  } catch (error) {
    const lasts = lastingFailure(env, error, ticket.run);
    if (lasts) return notTranscribed(lasts.message);
    throw error;
  }
}

function notTranscribed(reason: string): TranscribedNarration {
  const message = `the narration's transcription is not used, so its pauses time the subtitles: ${reason}`;
  return { words: null, warnings: [{ code: "transcription_not_used", message }] };
}
