/** The multivariant playlist's one variant. */
export interface Variant {
  /** RFC 6381 strings. */
  videoCodec: string;
  audioCodec: string | null;
  /** Pixels. */
  width: number;
  height: number;
  frameRate: number;
  /** Bits per second of the largest piece; a bound while there are pieces to come. */
  bandwidth: number;
  /** Bits per second of the whole, or null while there are pieces to come. */
  averageBandwidth: number | null;
  audioChannels: number;
}

/** The multivariant playlist (RFC 8216bis §4.4.6), with sound as a rendition of its own. */
export function multivariantPlaylist(variant: Variant, uris: { video: string; audio: string }): string {
  const { videoCodec, audioCodec } = variant;
  const attributes = [
    `BANDWIDTH=${Math.ceil(variant.bandwidth)}`,
    ...(variant.averageBandwidth === null ? [] : [`AVERAGE-BANDWIDTH=${Math.ceil(variant.averageBandwidth)}`]),
    `CODECS="${audioCodec === null ? videoCodec : `${videoCodec},${audioCodec}`}"`,
    `RESOLUTION=${variant.width}x${variant.height}`,
    `FRAME-RATE=${variant.frameRate.toFixed(3)}`,
    ...(audioCodec === null ? [] : ['AUDIO="sound"']),
    "CLOSED-CAPTIONS=NONE",
  ];
  const sound = `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="${variant.audioChannels}",URI="${uris.audio}"`;
  return lines([
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    ...(audioCodec === null ? [] : [sound]),
    `#EXT-X-STREAM-INF:${attributes.join(",")}`,
    uris.video,
  ]);
}

/** One rendition's pieces. */
export interface MediaPlaylist {
  /** Whole seconds that no piece of the finished video is longer than, once rounded. */
  targetDuration: number;
  /** Those that are there, with their length in seconds. */
  pieces: readonly { duration: number; uri: string }[];
  /** Whether these are all. */
  complete: boolean;
  init: string;
}

/**
 * A media playlist (RFC 8216bis §4.4.3): EVENT while pieces are still being made, VOD once all are there.
 * It asks players to begin at the beginning, where many would join an unfinished stream near its end.
 */
export function mediaPlaylist({ targetDuration, pieces, complete, init }: MediaPlaylist): string {
  return lines([
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${targetDuration}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    `#EXT-X-PLAYLIST-TYPE:${complete ? "VOD" : "EVENT"}`,
    "#EXT-X-INDEPENDENT-SEGMENTS",
    "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES",
    `#EXT-X-MAP:URI="${init}"`,
    ...pieces.flatMap(({ duration, uri }) => [`#EXTINF:${duration.toFixed(6)},`, uri]),
    ...(complete ? ["#EXT-X-ENDLIST"] : []),
  ]);
}

function lines(texts: readonly string[]): string {
  return `${texts.join("\n")}\n`;
}
