import { BufferSource, EncodedPacketSink, Input, MP4 } from "mediabunny";

/** The contents of a media playlist. */
export interface ReadPlaylist {
  text: string;
  targetDuration: number;
  mediaSequence: number;
  type: string;
  ended: boolean;
  init: string;
  segments: { duration: number; url: string }[];
}

/** Fetches and parses a media playlist. URLs become absolute. */
export async function readPlaylist(url: string): Promise<ReadPlaylist> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  const tag = (name: string) => new RegExp(`^#${name}:(.*)$`, "m").exec(text)?.[1] ?? "";
  const lines = text.split("\n");
  return {
    text,
    targetDuration: Number(tag("EXT-X-TARGETDURATION")),
    mediaSequence: Number(tag("EXT-X-MEDIA-SEQUENCE")),
    type: tag("EXT-X-PLAYLIST-TYPE"),
    ended: lines.includes("#EXT-X-ENDLIST"),
    init: new URL(/URI="([^"]+)"/.exec(tag("EXT-X-MAP"))?.[1] ?? "", url).href,
    segments: lines.flatMap((line, index) =>
      line.startsWith("#EXTINF:")
        ? [{ duration: Number.parseFloat(line.slice(8)), url: new URL(lines[index + 1] ?? "", url).href }]
        : [],
    ),
  };
}

/** The time span of a media segment's packets, in seconds. */
export interface MediaSegmentSpan {
  start: number;
  end: number;
  /** Max distance between a packet's end and the next packet's start. */
  gap: number;
  packets: number;
  /** True if the media segment starts with a keyframe and can be decoded alone. */
  independent: boolean;
}

/**
 * Reads the timestamps of a media segment, which needs its initialization segment, or of a track of a whole file.
 *
 * @param type of the track; by default the first one.
 */
export async function readMediaSegment(
  init: Uint8Array,
  segment: Uint8Array,
  type?: "audio",
): Promise<MediaSegmentSpan> {
  using input = new Input({ formats: [MP4], source: new BufferSource(Buffer.concat([init, segment])) });
  const track = (await input.getTracks()).find((each) => type === undefined || each.type === type);
  if (!track) throw new Error("the segment has no track");
  const sink = new EncodedPacketSink(track);
  let span: MediaSegmentSpan | null = null;
  for await (const packet of sink.packets()) {
    span ??= { start: packet.timestamp, end: packet.timestamp, gap: 0, packets: 0, independent: packet.type === "key" };
    span.gap = Math.max(span.gap, Math.abs(packet.timestamp - span.end));
    span.end = packet.timestamp + packet.duration;
    span.packets++;
  }
  if (!span) throw new Error("the segment has no packet");
  return span;
}
