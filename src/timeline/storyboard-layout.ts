import { vttClock } from "../captions/write-subtitle-file.ts";

/** A picture of a video that can be decoded alone. */
export interface Keyframe {
  /** Seconds from the start of the video. */
  time: number;
  /** Encoded size in bytes. */
  size: number;
}

/** The grid of a storyboard's tiles. */
export interface TileGrid {
  columns: number;
  rows: number;
  /** Width of one tile in pixels. */
  width: number;
  /** Height of one tile in pixels. */
  height: number;
}

/** Max tiles of one storyboard. */
export const MAX_TILES = 100;
/** Min time that one tile stands for. */
const MIN_TILE_SECONDS = 1;
const TILE_WIDTH = 160;
const MAX_TILE_COLUMNS = 10;
/** The poster is chosen from this many seconds at the start of the video. */
const POSTER_WINDOW_SECONDS = 10;
/** Max rounding error of timestamps: half a frame at 60 frames per second. */
const TIME_TOLERANCE_SECONDS = 1 / 120;

/**
 * Chooses the keyframes for a storyboard: the first one, and then the next one after each tile's time. Each tile stands
 * for the time from its keyframe on, so it shows exactly what plays at that time.
 *
 * @param keyframes in order of time; at least one.
 * @param duration of the video, in seconds.
 * @param budget max bytes of all chosen keyframes together.
 * @returns at most {@link MAX_TILES} keyframes.
 */
export function chooseTiles<T extends Keyframe>(keyframes: readonly T[], duration: number, budget: number): T[] {
  for (let step = Math.max(MIN_TILE_SECONDS, duration / MAX_TILES); ; step *= 1.25) {
    const chosen: T[] = [];
    for (const keyframe of keyframes) {
      const last = chosen.at(-1);
      if (!last || keyframe.time >= last.time + step - TIME_TOLERANCE_SECONDS) chosen.push(keyframe);
    }
    const tiles = chosen.slice(0, MAX_TILES);
    if (tiles.length <= 1 || tiles.reduce((sum, { size }) => sum + size, 0) <= budget) return tiles;
  }
}

/**
 * Chooses the poster: the keyframe with the most bytes within the first seconds. At constant quality it has the most
 * detail. Black, plain and faded pictures need few bytes.
 *
 * @param keyframes in order of time; at least one.
 */
export function choosePoster<T extends Keyframe>(keyframes: readonly T[]): T | undefined {
  const [first, ...others] = keyframes.filter(({ time }, index) => index === 0 || time < POSTER_WINDOW_SECONDS);
  return others.reduce((best, keyframe) => (best && best.size >= keyframe.size ? best : keyframe), first);
}

/** The grid for a number of tiles, which fill it row by row. Tiles have the video's aspect ratio. */
export function tileGrid(tiles: number, video: { width: number; height: number }): TileGrid {
  const columns = Math.min(tiles, MAX_TILE_COLUMNS);
  return {
    columns,
    rows: Math.ceil(tiles / columns),
    width: TILE_WIDTH,
    height: 2 * Math.round((TILE_WIDTH * video.height) / video.width / 2),
  };
}

/**
 * Writes the storyboard's WebVTT file, which players use for previews while seeking. It has one cue per tile. The text
 * of a cue is the image's URL with a spatial media fragment (W3C Media Fragments URI 1.0, §4.2.2).
 *
 * @param times start of each tile in seconds, in order. Each tile lasts until the next one starts.
 * @param image URL of the image, relative to the WebVTT file.
 */
export function storyboardVtt(times: readonly number[], duration: number, grid: TileGrid, image: string): string {
  const cues = times.map((time, index) => {
    const x = (index % grid.columns) * grid.width;
    const y = Math.floor(index / grid.columns) * grid.height;
    const end = times[index + 1] ?? duration;
    return `${vttClock(time)} --> ${vttClock(end)}\n${image}#xywh=${x},${y},${grid.width},${grid.height}\n`;
  });
  return ["WEBVTT\n", ...cues].join("\n");
}
