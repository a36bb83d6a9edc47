import { vttClock } from "../captions/write-subtitle-file.ts";

/** A picture of a video that decodes alone. */
export interface Keyframe {
  /** Seconds from the video's start. */
  time: number;
  /** Bytes, encoded. */
  size: number;
}

/** Where the tiles of a storyboard are, in pixels. */
export interface TileGrid {
  columns: number;
  rows: number;
  /** Of one tile. */
  width: number;
  height: number;
}

/** Most tiles of one storyboard. */
export const MOST_TILES = 100;
/** Seconds that one tile stands for at least. */
const SHORTEST_TILE = 1;
const TILE_WIDTH = 160;
const MOST_COLUMNS = 10;
/** The poster is from the first so many seconds. */
const POSTER_SECONDS = 10;
/** Timestamps come from time bases: half a frame at 60 fps is no difference. */
const TOLERANCE = 1 / 120;

/**
 * Chooses the keyframes that are a storyboard's tiles: the first, and then each as soon as a tile's
 * time is over. A tile is a keyframe and stands from its own time on, so that it shows exactly what
 * plays then. At most {@link MOST_TILES}; fewer where they would have more than `budget` bytes.
 *
 * @param keyframes in order, at least one.
 * @param duration of the video in seconds.
 */
export function chooseTiles<T extends Keyframe>(keyframes: readonly T[], duration: number, budget: number): T[] {
  for (let step = Math.max(SHORTEST_TILE, duration / MOST_TILES); ; step *= 1.25) {
    const chosen: T[] = [];
    for (const keyframe of keyframes) {
      const last = chosen.at(-1);
      if (!last || keyframe.time >= last.time + step - TOLERANCE) chosen.push(keyframe);
    }
    const tiles = chosen.slice(0, MOST_TILES);
    if (tiles.length <= 1 || tiles.reduce((sum, { size }) => sum + size, 0) <= budget) return tiles;
  }
}

/**
 * Chooses the keyframe that a video is shown by before it plays: of the first seconds the one with
 * the most detail, which at a constant quality is the one that took the most bytes. A black, plain or
 * faded picture takes next to none.
 *
 * @param keyframes in order, at least one.
 */
export function choosePoster<T extends Keyframe>(keyframes: readonly T[]): T | undefined {
  const [first, ...others] = keyframes.filter(({ time }, index) => index === 0 || time < POSTER_SECONDS);
  return others.reduce((best, keyframe) => (best && best.size >= keyframe.size ? best : keyframe), first);
}

/** The grid for so many tiles of a video of this size, in reading order. */
export function tileGrid(tiles: number, video: { width: number; height: number }): TileGrid {
  const columns = Math.min(tiles, MOST_COLUMNS);
  return {
    columns,
    rows: Math.ceil(tiles / columns),
    width: TILE_WIDTH,
    height: 2 * Math.round((TILE_WIDTH * video.height) / video.width / 2),
  };
}

/**
 * A storyboard's WebVTT, as players read it for previews while seeking: a cue for each tile, whose
 * text is the image's address with a spatial media fragment (W3C Media Fragments URI 1.0, §4.2.2).
 *
 * @param times of the tiles in seconds, in order; each stands until the next.
 * @param image name of the image, beside the file.
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
