import type { VideoRequest } from "../api/video-request.ts";
import { coverSpan, termSpans } from "../authoring/match-footage.ts";
import { withoutPauses } from "../authoring/pauses.ts";
import { shotTimesOf } from "../authoring/select-footage.ts";
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
import { FRAME_RATE } from "../timeline/plan-timeline.ts";

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
  const canFollow = input.materials.length === 0 && gathered.materials.length > 0;
  const follows = request.match_materials_to_script && canFollow && narrated !== null;
  const shown = follows ? followingScript(request, authored, gathered, narrated) : gathered.materials;
  return {
    input: {
      ...input,
      request: follows ? withFollowing(request, shown) : withAdded(request, shown),
      materials: [...input.materials, ...shown.map(({ media }) => media)],
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

/** Footage, and how long it is shown at once in seconds; 0 for no limit. */
type Shown = Pick<Gathered["materials"][number], "media" | "duration">;

const asMaterial = ({ media, duration }: Shown) => ({ provider: "local", url: media.input.name, duration });

/** The request with footage after its own materials. */
function withAdded(request: VideoRequest, shown: readonly Shown[]): VideoRequest {
  return { ...request, video_materials: [...request.video_materials, ...shown.map(asMaterial)] };
}

/** The request with footage that is shown in this order, each piece for its own time. */
function withFollowing(request: VideoRequest, shown: readonly Shown[]): VideoRequest {
  return {
    ...request,
    video_concat_mode: "sequential",
    video_clip_duration: Math.max(request.video_clip_duration, ...shown.map(({ duration }) => duration)),
    video_materials: shown.map(asMaterial),
  };
}

/** The footage in the order of the script: the pieces of each term together are as long as its sentences. */
function followingScript(
  request: VideoRequest,
  { terms }: Authored,
  { materials }: Gathered,
  narrated: Narrated,
): Shown[] {
  const byTerm = Map.groupBy(materials, ({ credit }) => termOf(terms, credit.term));
  const present = [...byTerm.keys()].sort((a, b) => a - b);
  const inFrames = (seconds: number) => Math.round(seconds * FRAME_RATE);
  return termSpans(present, terms.length, narrated).flatMap(({ start, end }, index) => {
    const footage = byTerm.get(present[index] ?? 0) ?? [];
    const lengths = footage.map(({ media: { probe } }) => (probe.kind === "image" ? Infinity : probe.duration));
    const options = { ...shotTimesOf(request), frameRate: FRAME_RATE };
    return coverSpan(lengths, inFrames(end) - inFrames(start), options).flatMap((piece) => {
      const media = footage[piece.footage]?.media;
      return media ? { media, duration: piece.frames / FRAME_RATE } : [];
    });
  });
}

/** The number of the term that led to a piece of footage. The prompt of a made picture begins with its term. */
function termOf(terms: readonly string[], wanted: string): number {
  return Math.max(
    0,
    terms.findIndex((term) => wanted === term || wanted.startsWith(`${term}, `)),
  );
}
