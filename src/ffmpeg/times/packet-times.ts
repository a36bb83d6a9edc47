import { INPUT_GUARD } from "../input-guard.ts";

/** The times of one stream's packets, in seconds on the file's own clock. */
export interface PacketTimes {
  /** Start of the first picture that can be decoded, or of the first sound. */
  start: number;
  /** End of the last packet. If the timestamps start again within the file, the parts follow each other. */
  end: number;
  /** Average packets per second, or null for a single packet. */
  rate: number | null;
  /** True if all packets follow each other at the same distance. */
  even: boolean;
  /** Max distance from one keyframe to the next one or to the end. */
  keyframeInterval: number;
  /** True if the timestamps go back within the file, so that they do not tell where a picture is. */
  restarts: boolean;
}

/**
 * The ffprobe arguments that list the packets of one stream without decoding them, one line per packet, for
 * {@link PacketTimesReader}. A last line describes the file, if ffprobe reads it to its end.
 */
export function packetListArguments(file: string, stream: number): string[] {
  return [
    ...["-hide_banner", "-loglevel", "error", ...INPUT_GUARD],
    ...["-of", "csv", "-select_streams", String(stream)],
    ...["-show_entries", "packet=pts_time,dts_time,duration_time,flags:packet_side_data=discard_padding"],
    ...["-show_entries", "format=format_name"],
    ...["-i", file],
  ];
}

/** Max pictures between the decoding order and the display order. H.264 and H.265 allow 16. */
const MAX_REORDERED = 16;
/** Max duration of the last picture, in seconds, unless another picture in the file is held for longer. */
const MAX_LAST_PICTURE_SECONDS = 10;
/** A step back of more than this is a new beginning of the timestamps. ffmpeg takes the same value. */
const MAX_STEP_BACK_SECONDS = 0.1;
/** Timestamps of Matroska, WebM and FLV are in milliseconds. */
const TIMESTAMP_ROUNDING_SECONDS = 0.0011;
/** Max deviation from the average distance of two pictures at a constant frame rate. */
const MAX_UNEVENNESS = 0.25;

/** Reads a packet list line by line. Its memory does not grow with the list. */
export class PacketTimesReader {
  readonly #sound: boolean;
  readonly #maxGap: number;
  #complete = false;
  #packets = 0;
  /** Pictures whose place in the display order is not certain yet, sorted. */
  readonly #reordered: number[] = [];
  #first = Number.POSITIVE_INFINITY;
  #previous: number | null = null;
  #shortestGap = Number.POSITIVE_INFINITY;
  #longestGap = 0;
  #last = Number.NEGATIVE_INFINITY;
  #lastDuration = 0;
  #firstKeyframe: number | null = null;
  /** True if the first picture that is shown can be decoded with the help of pictures that are not. */
  #decodesBefore = false;
  #keyframe: number | null = null;
  #keyframeInterval = 0;
  #restarts = false;
  /** Added to the timestamps of sound, so that parts whose timestamps start again follow each other. */
  #offset = 0;
  #soundEnd: number | null = null;
  #discarded = 0;

  /**
   * @param kind pictures or sound.
   * @param maxGap max seconds without packets that are a pause. ffmpeg skips a longer one.
   */
  constructor(kind: "pictures" | "sound", maxGap = Number.POSITIVE_INFINITY) {
    this.#sound = kind === "sound";
    this.#maxGap = maxGap;
  }

  /** Reads a line that ffprobe printed. */
  readLine(line: string): void {
    const [section, pts, dts, length, flags = "", ...sideData] = line.trim().split(",");
    if (section === "format") this.#complete = true;
    if (section !== "packet") return;
    const time = number(pts) ?? number(dts);
    if (time === null) return;
    const isKeyframe = flags.startsWith("K");
    // A discarded packet is decoded, but not shown: an edit list leaves it out.
    if (flags.includes("D")) {
      this.#decodesBefore ||= isKeyframe;
      if (isKeyframe) this.#keyframe = time;
      return;
    }
    const duration = Math.max(0, number(length) ?? 0);
    this.#packets++;
    this.#first = Math.min(this.#first, time);
    if (this.#sound) this.#readSound(time, duration, Number(sideData.find((value) => /^\d+$/.test(value)) ?? 0));
    else this.#readPicture(time, duration, isKeyframe);
  }

  /**
   * What the list says.
   *
   * @param sampleRate of a sound, for the samples that its last packet discards.
   * @returns null if the list is not complete or has no packet with a time.
   */
  result(sampleRate = 48_000): PacketTimes | null {
    if (!this.#complete || this.#packets === 0) return null;
    if (this.#sound) {
      const end = (this.#soundEnd ?? 0) - this.#discarded / sampleRate;
      const times = { start: this.#first, end, restarts: this.#restarts };
      return { ...times, rate: null, even: true, keyframeInterval: 0 };
    }
    for (const time of this.#reordered.splice(0)) this.#showPicture(time);
    const span = this.#last - this.#first;
    const interval = this.#packets > 1 ? span / (this.#packets - 1) : null;
    const longestLast = Math.max(MAX_LAST_PICTURE_SECONDS, this.#longestGap);
    const known = this.#lastDuration > 0 && this.#lastDuration <= longestLast;
    const end = this.#last + (known ? this.#lastDuration : (interval ?? 0));
    const keyframe = this.#keyframe ?? this.#first;
    return {
      start: this.#decodesBefore ? this.#first : (this.#firstKeyframe ?? this.#first),
      end,
      rate: interval ? 1 / interval : null,
      even: interval === null || this.#isEven(interval),
      keyframeInterval: Math.max(this.#keyframeInterval, end - keyframe),
      restarts: this.#restarts,
    };
  }

  #isEven(interval: number): boolean {
    const tolerance = interval * MAX_UNEVENNESS + TIMESTAMP_ROUNDING_SECONDS;
    return this.#shortestGap >= interval - tolerance && this.#longestGap <= interval + tolerance;
  }

  #readPicture(time: number, duration: number, isKeyframe: boolean): void {
    if (time >= this.#last) {
      this.#last = time;
      this.#lastDuration = duration;
    }
    if (isKeyframe) {
      this.#firstKeyframe ??= time;
      if (this.#keyframe !== null) this.#keyframeInterval = Math.max(this.#keyframeInterval, time - this.#keyframe);
      this.#keyframe = time;
    }
    let place = this.#reordered.length;
    while (place > 0 && (this.#reordered[place - 1] ?? 0) > time) place--;
    this.#reordered.splice(place, 0, time);
    if (this.#reordered.length > MAX_REORDERED) this.#showPicture(this.#reordered.shift() ?? time);
  }

  #showPicture(time: number): void {
    if (this.#previous !== null) {
      const gap = time - this.#previous;
      if (gap < -MAX_STEP_BACK_SECONDS) this.#restarts = true;
      this.#shortestGap = Math.min(this.#shortestGap, gap);
      this.#longestGap = Math.max(this.#longestGap, gap);
    }
    this.#previous = time;
  }

  #readSound(time: number, duration: number, discarded: number): void {
    this.#discarded = discarded;
    const end = this.#soundEnd ?? time;
    const gap = time + this.#offset - end;
    if (gap < -MAX_STEP_BACK_SECONDS || gap > this.#maxGap) {
      this.#restarts = true;
      this.#offset -= gap;
    }
    this.#soundEnd = Math.max(end, time + this.#offset + duration);
  }
}

/** Parses a time. Returns null for `N/A`, which ffprobe prints if there is none. */
function number(text: string | undefined): number | null {
  const value = Number(text || Number.NaN);
  return Number.isFinite(value) ? value : null;
}
