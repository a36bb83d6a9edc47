import { Input, MP4 } from "mediabunny";
import { keys } from "../media/keys.ts";
import { objectSource } from "../media/object-source.ts";
import { MadeFile, type StoredFile } from "../media/stored-file.ts";
import { chooseTrack } from "../render/assemble.ts";
import type { AssembleWork } from "../tasks/jobs.ts";
import { SAMPLE_RATE } from "../timeline/plan.ts";
import { audioPiece, videoPiece } from "./cmaf.ts";
import type { Variant } from "./playlist.ts";
import { type PieceTime, pieceTimes } from "./timing.ts";

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
 * @param complete whether the video's every segment is there.
 * @returns null where not even the first segment is.
 */
export async function describeStream(
  bucket: R2Bucket,
  taskId: string,
  plan: AssembleWork,
  complete: boolean,
): Promise<Variant | null> {
  const sizes = await objectSizes(bucket, keys.task(taskId));
  const [first] = plan.segments;
  const firstSize = first && sizes.get(first.key);
  if (!first || firstSize === undefined) return null;
  using input = new Input({ formats: [MP4], source: objectSource(bucket, first.key, firstSize) });
  const picture = chooseTrack(await input.getVideoTracks(), plan.track, first.key);
  const config = await picture.getDecoderConfig();
  const sound = plan.soundtrack === null ? null : await describeSound(bucket, plan.soundtrack, sizes);
  if (!config) return null;
  // A segment with subtitles holds the picture twice: this is a bound, which the tag allows.
  const rates = plan.segments.map(({ key, frames }) => ((sizes.get(key) ?? 0) * 8 * plan.frameRate) / frames);
  return {
    videoCodec: config.codec,
    audioCodec: sound?.codec ?? null,
    width: config.codedWidth ?? (await picture.getCodedWidth()),
    height: config.codedHeight ?? (await picture.getCodedHeight()),
    frameRate: plan.frameRate,
    // What is not rendered yet may be larger than all that is.
    bandwidth: Math.max(...rates) * (complete ? 1 : 2) + (sound?.bandwidth ?? 0),
    audioChannels: sound?.channels ?? 0,
  };
}

async function describeSound(bucket: R2Bucket, key: string, sizes: Map<string, number>) {
  const size = sizes.get(key);
  if (size === undefined) return null;
  using input = new Input({ formats: [MP4], source: objectSource(bucket, key, size) });
  const track = await input.getPrimaryAudioTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) return null;
  const duration = await track.computeDuration();
  return { codec: config.codec, channels: config.numberOfChannels, bandwidth: (size * 8 * 1.25) / duration };
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
