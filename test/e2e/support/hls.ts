import { BufferSource, EncodedPacketSink, Input, MP4 } from "mediabunny";

/** A media playlist, read. */
export interface ReadPlaylist {
  text: string;
  targetDuration: number;
  mediaSequence: number;
  type: string;
  ended: boolean;
  init: string;
  pieces: { duration: number; url: string }[];
}

/** Fetches and reads a media playlist; addresses become absolute. */
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
    pieces: lines.flatMap((line, index) =>
      line.startsWith("#EXTINF:")
        ? [{ duration: Number.parseFloat(line.slice(8)), url: new URL(lines[index + 1] ?? "", url).href }]
        : [],
    ),
  };
}

/** Where a piece's packets lie on the timeline, in seconds, and whether it can be decoded by itself. */
export interface PieceSpan {
  start: number;
  end: number;
  /** Largest distance between a packet's end and the next one's start. */
  gap: number;
  packets: number;
  independent: boolean;
}

/** Reads a piece behind its header, by its own timestamps. */
export async function readPiece(init: Uint8Array, piece: Uint8Array): Promise<PieceSpan> {
  using input = new Input({ formats: [MP4], source: new BufferSource(Buffer.concat([init, piece])) });
  const [track] = await input.getTracks();
  if (!track) throw new Error("the piece has no track");
  const sink = new EncodedPacketSink(track);
  let span: PieceSpan | null = null;
  for await (const packet of sink.packets()) {
    span ??= { start: packet.timestamp, end: packet.timestamp, gap: 0, packets: 0, independent: packet.type === "key" };
    span.gap = Math.max(span.gap, Math.abs(packet.timestamp - span.end));
    span.end = packet.timestamp + packet.duration;
    span.packets++;
  }
  if (!span) throw new Error("the piece has no packet");
  return span;
}
