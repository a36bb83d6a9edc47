import { Input, type InputTrack, MP4 } from "mediabunny";
import type { AssembleWork } from "../../protocol/task-jobs.ts";
import { keys } from "../../storage/keys.ts";
import { objectSource } from "../../storage/mediabunny-source.ts";
import { chooseTrack } from "../../storage/segment-track.ts";
import { SAMPLE_RATE } from "../../timeline/plan-timeline.ts";
import { BoundedMap } from "../../util/bounded-map.ts";
import { GeneratedFile, type ServableFile } from "../servable-file.ts";
import { audioBitRates, type BitRates, videoBitRates } from "./bit-rates.ts";
import { audioMediaSegment, videoMediaSegment } from "./cmaf.ts";
import { type MediaSegmentTime, mediaSegmentTimes } from "./media-segment-times.ts";
import type { Variant } from "./playlist.ts";

/**
 * Increase this when the same rendered segment would give different bytes. It is part of cache keys and entity tags.
 */
const MEDIA_SEGMENT_VERSION = 2;

export type Rendition = "video" | "audio";

/** The times of all media segments of a video. */
export function timesOf(plan: AssembleWork): MediaSegmentTime[] {
  return mediaSegmentTimes(
    plan.segments.map(({ frames }) => frames),
    plan.frameRate,
    SAMPLE_RATE,
  );
}

/**
 * The cache key of a media segment: unique in the service, and different for different bytes.
 *
 * @param index index of the media segment from 0, or `init` for the initialization segment.
 * @returns null if the video has no such media segment.
 */
export function mediaSegmentKey(plan: AssembleWork, rendition: Rendition, index: number | "init"): string | null {
  const source = rendition === "audio" ? plan.soundtrack : plan.segments[index === "init" ? 0 : index]?.key;
  return source ? `${source}/${rendition}-${index}-${MEDIA_SEGMENT_VERSION}` : null;
}

/**
 * A media segment as a file. It is generated from the rendered segment or the soundtrack when it is opened. The file is
 * missing while its source is not rendered.
 *
 * @param index index of the media segment from 0, or `init` for the initialization segment.
 */
export function mediaSegmentFile(
  bucket: R2Bucket,
  plan: AssembleWork,
  rendition: Rendition,
  index: number | "init",
): ServableFile {
  const position = index === "init" ? 0 : index;
  const make = rendition === "video" ? makeVideo(bucket, plan, position) : makeAudio(bucket, plan, position);
  return new GeneratedFile(`${rendition}/mp4`, async () => {
    const made = await make();
    if (!made) return null;
    return {
      bytes: index === "init" ? made.init : made.media,
      etag: `"${made.sourceTag}-${rendition}-${index}-${MEDIA_SEGMENT_VERSION}"`,
      lastModified: made.lastModified,
    };
  });
}

function makeVideo(bucket: R2Bucket, plan: AssembleWork, index: number) {
  return async () => {
    const time = timesOf(plan)[index];
    const object = time && (await bucket.get(plan.segments[index]?.key ?? ""));
    if (!object) return null;
    const made = await videoMediaSegment(await object.arrayBuffer(), plan, time, index + 1);
    return { ...made, sourceTag: object.etag, lastModified: object.uploaded };
  };
}

function makeAudio(bucket: R2Bucket, plan: AssembleWork, index: number) {
  return async () => {
    const time = timesOf(plan)[index];
    const object = time && plan.soundtrack !== null && (await bucket.head(plan.soundtrack));
    if (!object) return null;
    using input = new Input({ formats: [MP4], source: objectSource(bucket, object.key, object.size) });
    const track = await input.getPrimaryAudioTrack();
    if (!track) return null;
    return {
      ...(await audioMediaSegment(track, time, index + 1)),
      sourceTag: object.etag,
      lastModified: object.uploaded,
    };
  };
}

/**
 * Reads the properties that the multivariant playlist needs from the rendered files.
 *
 * @returns null if the first segment is not rendered yet.
 */
export async function describeStream(bucket: R2Bucket, taskId: string, plan: AssembleWork): Promise<Variant | null> {
  const sizes = await objectSizes(bucket, keys.task(taskId));
  const open = (key: string) => {
    const size = sizes.get(key);
    return size === undefined ? null : new Input({ formats: [MP4], source: objectSource(bucket, key, size) });
  };
  using first = open(plan.segments[0]?.key ?? "");
  if (!first) return null;
  const picture = chooseTrack(await first.getVideoTracks(), plan.track, "a segment of the stream");
  const config = await picture.getDecoderConfig();
  if (!config) return null;
  using soundtrack = plan.soundtrack === null ? null : open(plan.soundtrack);
  const sound = (await soundtrack?.getPrimaryAudioTrack()) ?? null;
  const soundConfig = (await sound?.getDecoderConfig()) ?? null;
  using whole = open(plan.key);
  const video = (await whole?.getPrimaryVideoTrack()) ?? null;
  const rates = video ? await finishedRates(plan, video, sound) : null;
  return {
    videoCodec: config.codec,
    audioCodec: soundConfig?.codec ?? null,
    width: config.codedWidth ?? (await picture.getCodedWidth()),
    height: config.codedHeight ?? (await picture.getCodedHeight()),
    frameRate: plan.frameRate,
    bandwidth: rates?.peak ?? estimatePeakRate(plan, sizes),
    averageBandwidth: rates?.average ?? null,
    audioChannels: soundConfig?.numberOfChannels ?? 0,
  };
}

/** Bit rates of finished videos. Cached per isolate, because computing them reads the size of every packet. */
const knownRates = new BoundedMap<BitRates>(200);

async function finishedRates(plan: AssembleWork, video: InputTrack, sound: InputTrack | null): Promise<BitRates> {
  const known = knownRates.get(plan.key);
  if (known) return known;
  const times = timesOf(plan);
  const videoRates = await videoBitRates(video, times, plan.frameRate);
  const audioRates = sound ? await audioBitRates(sound, times, SAMPLE_RATE) : { peak: 0, average: 0 };
  const rates = { peak: videoRates.peak + audioRates.peak, average: videoRates.average + audioRates.average };
  knownRates.set(plan.key, rates);
  return rates;
}

/** A generous estimate of the peak bit rate of an unfinished video, from the segments rendered so far. */
function estimatePeakRate(plan: AssembleWork, sizes: ReadonlyMap<string, number>): number {
  // Doubled below, because a segment that is not rendered yet may have a higher rate.
  const rates = plan.segments.map(({ key, frames }) => ((sizes.get(key) ?? 0) * 8 * plan.frameRate) / frames);
  const seconds = plan.segments.reduce((sum, { frames }) => sum + frames, 0) / plan.frameRate;
  return 2 * Math.max(...rates) + ((sizes.get(plan.soundtrack ?? "") ?? 0) * 8 * 1.25) / seconds;
}

async function objectSizes(bucket: R2Bucket, prefix: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (let cursor: string | undefined; ; ) {
    const page = await bucket.list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
    for (const { key, size } of page.objects) sizes.set(key, size);
    if (!page.truncated) return sizes;
    cursor = page.cursor;
  }
}
