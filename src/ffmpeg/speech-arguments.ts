import type { SpeechJob } from "../protocol/render-job.ts";
import { INPUT_GUARD } from "./input-guard.ts";
import { JOB_FILES } from "./job-files.ts";

/** The ffmpeg arguments of a speech job. ffmpeg must run in a directory laid out as {@link JOB_FILES}. */
export function speechArguments({ sampleRate }: SpeechJob): string[] {
  return [
    ...["-hide_banner", "-nostdin", "-y", "-loglevel", "warning", "-abort_on", "empty_output_stream"],
    ...[...INPUT_GUARD, "-i", JOB_FILES.input(0)],
    ...["-map", "0:a:0", "-ac", "1", "-ar", String(sampleRate), "-c:a", "pcm_s16le"],
    ...["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"],
    ...["-f", "wav", JOB_FILES.output],
  ];
}
