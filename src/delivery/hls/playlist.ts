/** The only variant of the multivariant playlist. */
export interface Variant {
  /** RFC 6381 strings. */
  videoCodec: string;
  audioCodec: string | null;
  /** Pixels. */
  width: number;
  height: number;
  frameRate: number;
  /** Peak bits per second of a media segment. An estimate while the video is unfinished. */
  bandwidth: number;
  /** Average bits per second, or null while the video is unfinished. */
  averageBandwidth: number | null;
  audioChannels: number;
}

/** Writes a multivariant playlist (RFC 8216bis §4.4.6). Audio is a separate rendition. */
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

/** The contents of one rendition's media playlist. */
export interface MediaPlaylist {
  /** Max duration of a media segment of the finished video, in whole seconds (EXT-X-TARGETDURATION). */
  targetDuration: number;
  /** The media segments that can be played now. Durations in seconds. */
  segments: readonly { duration: number; uri: string }[];
  /** True if `segments` has all media segments of the video. */
  complete: boolean;
  /** URI of the initialization segment. */
  init: string;
}

/**
 * Writes a media playlist (RFC 8216bis §4.4.3): type EVENT while segments are being rendered, VOD when complete.
 * EXT-X-START tells players to begin at time 0; many players would otherwise join an unfinished stream near its end.
 */
export function mediaPlaylist({ targetDuration, segments, complete, init }: MediaPlaylist): string {
  return lines([
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${targetDuration}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    `#EXT-X-PLAYLIST-TYPE:${complete ? "VOD" : "EVENT"}`,
    "#EXT-X-INDEPENDENT-SEGMENTS",
    "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES",
    `#EXT-X-MAP:URI="${init}"`,
    ...segments.flatMap(({ duration, uri }) => [`#EXTINF:${duration.toFixed(6)},`, uri]),
    ...(complete ? ["#EXT-X-ENDLIST"] : []),
  ]);
}

function lines(texts: readonly string[]): string {
  return `${texts.join("\n")}\n`;
}
