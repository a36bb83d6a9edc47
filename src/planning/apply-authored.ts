import type { VideoRequest } from "../api/video-request.ts";
import { withoutPauses } from "../authoring/pauses.ts";
import { type Narrated, narratedSchema, type TimedSentence } from "../protocol/authoring.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import {
  type Authored,
  type AuthoredParts,
  type Gathered,
  gatheredSchema,
  type TaskMedia,
} from "../protocol/task-jobs.ts";
import { outputNames } from "../storage/keys.ts";
import { readStored } from "../storage/stored-json.ts";

/** A task with what was authored for it among its inputs. */
export interface CompletedInput {
  input: TaskInput;
  /** The sentences of the narration with their times; null without a spoken narration. */
  sentences: TimedSentence[] | null;
  /** What the task tells about its authored parts; null if nothing was authored. */
  parts: AuthoredParts | null;
}

/**
 * Puts the authored parts of a task among its inputs: the script, the narration and the gathered footage. Pause tags are
 * taken out of the script.
 *
 * @param authored null for a task that authors nothing.
 */
export async function applyAuthored(
  bucket: R2Bucket,
  input: TaskInput,
  authored: Authored | null,
): Promise<CompletedInput> {
  const script = withoutPauses(authored?.script ?? input.request.video_script);
  const request = { ...input.request, video_script: script };
  if (!authored) return { input: { ...input, request }, sentences: null, parts: null };
  const narrated = authored.narrated ? await readStored(bucket, authored.narrated, narratedSchema) : null;
  const gathered: Gathered = authored.gathered
    ? await readStored(bucket, authored.gathered, gatheredSchema)
    : { materials: [], warnings: [] };
  return {
    input: {
      ...input,
      request: withGathered(request, authored, gathered, narrated),
      materials: [...input.materials, ...gathered.materials.map(({ media }) => media)],
      narration: narrated ? narrationMedia(narrated) : input.narration,
    },
    sentences: narrated?.sentences ?? null,
    parts: {
      audioDuration: narrated?.duration ?? null,
      credits: gathered.materials.map(({ credit }) => credit),
      warnings: [...authored.warnings, ...(narrated?.warnings ?? []), ...gathered.warnings],
    },
  };
}

function narrationMedia({ sound, size, sha256, duration }: Narrated): TaskMedia {
  return {
    input: { name: outputNames.narration(), size, sha256, from: { store: "r2", key: sound } },
    probe: { kind: "audio", format: "wav", duration, video: null, audio: { codec: "pcm_s16le" } },
  };
}

/** The request with the gathered footage among its materials. If footage follows the script, each gets its sentences' time. */
function withGathered(
  request: VideoRequest,
  { terms }: Authored,
  { materials }: Gathered,
  narrated: Narrated | null,
): VideoRequest {
  const gathered = materials.map(({ media, duration }) => ({
    provider: "local" as const,
    url: media.input.name,
    duration,
  }));
  const follows = request.match_materials_to_script && narrated !== null && gathered.length > 0;
  if (!follows) return { ...request, video_materials: [...request.video_materials, ...gathered] };
  const places = materials.map(({ credit }) => Math.max(0, terms.indexOf(credit.term)));
  const durations = sentenceSpans(places, narrated, terms.length);
  return {
    ...request,
    video_concat_mode: "sequential",
    video_clip_duration: Math.max(request.video_clip_duration, ...durations),
    video_materials: gathered.map((material, index) => ({ ...material, duration: durations[index] ?? 0 })),
  };
}

/**
 * How long each material is shown: from the start of its sentence to the start of the next material's sentence.
 *
 * @param places the number of each material's term, ascending. Terms are spread evenly over the sentences.
 */
function sentenceSpans(places: readonly number[], { sentences, duration }: Narrated, terms: number): number[] {
  const startOf = (place: number) => {
    const sentence = Math.floor((place * sentences.length) / Math.max(1, terms));
    return sentence === 0 ? 0 : (sentences[sentence]?.start ?? duration);
  };
  return places.map((place, index) => {
    const start = index === 0 ? 0 : startOf(place);
    const next = places[index + 1];
    return Math.max(0.5, (next === undefined ? duration : startOf(next)) - start);
  });
}
