import { Input, type InputTrack, MP4 } from "mediabunny";
import { chooseTrack } from "../../jobs/join-segments.ts";
import type { AssembleWork } from "../../protocol/task-jobs.ts";
import { keys } from "../../storage/keys.ts";
import { objectSource } from "../../storage/mediabunny-source.ts";
import { SAMPLE_RATE } from "../../timeline/plan-timeline.ts";
import { Recent } from "../../util/bounded-map.ts";
import { MadeFile, type StoredFile } from "../stored-file.ts";
import { pictureRates, type Rates, soundRates } from "./bit-rates.ts";
import { audioPiece, videoPiece } from "./cmaf.ts";
import type { Variant } from "./playlist.ts";
import { type PieceTime, pieceTimes } from "./segment-times.ts";

/** Goes up when the same segment would give other bytes. */
const VERSION = 1;

export type Rendition = "video" | "audio";

/** Where a rendition's pieces are on the timeline. */
export function timesOf(plan: AssembleWork): PieceTime[] {
  return pieceTimes(
    plan.segments.map(({ frames }) => frames),
    plan.frameRate,
    SAMPLE_RATE,
  );
}

/** Names a piece's bytes among all of the service's: what it is made from decides them. */
export function pieceKey(plan: AssembleWork, rendition: Rendition, piece: number | "init"): string | null {
  const source = rendition === "audio" ? plan.soundtrack : plan.segments[piece === "init" ? 0 : piece]?.key;
  return source ? `${source}/${rendition}-${piece}-${VERSION}` : null;
}

/**
 * A piece of a stream as a file, made from the rendered segments when it is opened. There is none
 * where its segment is not rendered yet.
 */
export function pieceFile(
  bucket: R2Bucket,
  plan: AssembleWork,
  rendition: Rendition,
  piece: number | "init",
): StoredFile {
  const index = piece === "init" ? 0 : piece;
  const make = rendition === "video" ? makeVideo(bucket, plan, index) : makeAudio(bucket, plan, index);
  return new MadeFile(`${rendition}/mp4`, async () => {
    const made = await make();
    if (!made) return null;
    return {
      bytes: piece === "init" ? made.init : made.media,
      etag: `"${made.sourceTag}-${rendition}-${piece}-${VERSION}"`,
      lastModified: made.lastModified,
    };
  });
}

function makeVideo(bucket: R2Bucket, plan: AssembleWork, index: number) {
  return async () => {
    const time = timesOf(plan)[index];
    const object = time && (await bucket.get(plan.segments[index]?.key ?? ""));
    if (!object) return null;
    const made = await videoPiece(await object.arrayBuffer(), plan, time, index + 1);
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
      ...(await audioPiece(track, time, index + 1)),
      sourceTag: object.etag,
      lastModified: object.uploaded,
    };
  };
}

/**
 * What the multivariant playlist says of a stream, read from what is rendered.
 *
 * @returns null where not even the first segment is.
 */
export async function describeStream(bucket: R2Bucket, taskId: string, plan: AssembleWork): Promise<Variant | null> {
  const sizes = await objectSizes(bucket, keys.task(taskId));
  const open = (key: string) => {
    const size = sizes.get(key);
    return size === undefined ? null : new Input({ formats: [MP4], source: objectSource(bucket, key, size) });
  };
  using first = open(plan.segments[0]?.key ?? "");
  if (!first) return null;
  const picture = chooseTrack(await first.getVideoTracks(), plan.track, "of the stream");
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
    bandwidth: rates?.peak ?? highestRate(plan, sizes),
    averageBandwidth: rates?.average ?? null,
    audioChannels: soundConfig?.numberOfChannels ?? 0,
  };
}

/** Rates of finished videos that this isolate has read: it takes a look at every packet's size. */
const knownRates = new Recent<Rates>(200);

async function finishedRates(plan: AssembleWork, video: InputTrack, sound: InputTrack | null): Promise<Rates> {
  const known = knownRates.get(plan.key);
  if (known) return known;
  const times = timesOf(plan);
  const picture = await pictureRates(video, times, plan.frameRate);
  const heard = sound ? await soundRates(sound, times, SAMPLE_RATE) : { peak: 0, average: 0 };
  const rates = { peak: picture.peak + heard.peak, average: picture.average + heard.average };
  knownRates.set(plan.key, rates);
  return rates;
}

/** A bound while the video is being made, in bits per second, from what is rendered of it. */
function highestRate(plan: AssembleWork, sizes: ReadonlyMap<string, number>): number {
  // What is not rendered yet may be larger than all that is.
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
