import { expect, test } from "vitest";
import { clipsInTurn, countToFill, fileFor, rankClips } from "../../../src/authoring/select-footage.ts";
import type { StockClip } from "../../../src/protocol/author.ts";

const sizes = (short: number) => ({ width: short, height: Math.round((short * 16) / 9) });

function clip(id: string, change: Partial<StockClip> = {}): StockClip {
  const files = [360, 720, 1080, 2160].map((short) => ({
    url: `https://a.example/${id}/${short}.mp4`,
    ...sizes(short),
  }));
  return {
    ...{ provider: "pexels", id, page: "https://a.example", author: "Ann", authorPage: null, licence: "free" },
    duration: 10,
    files,
    ...change,
  };
}

test("the smallest file that covers the frame is taken, or the largest if none does", () => {
  expect(fileFor(clip("a"), { width: 1080, height: 1920 })).toBe("https://a.example/a/1080.mp4");
  expect(fileFor(clip("a"), { width: 700, height: 1000 })).toBe("https://a.example/a/720.mp4");
  expect(fileFor(clip("a"), { width: 4320, height: 7680 })).toBe("https://a.example/a/2160.mp4");
});

test("clips of the frame's orientation that are long enough come first, and the rest keeps its order", () => {
  const landscape = { files: [{ url: "https://a.example/l.mp4", width: 1920, height: 1080 }] };
  const clips = [
    clip("short", { duration: 2 }),
    clip("wide", landscape),
    clip("good"),
    clip("flash", { duration: 0.5 }),
  ];
  expect(rankClips(clips, { clipSeconds: 5, speed: 1 }, 9 / 16).map(({ id }) => id)).toEqual(["good", "short", "wide"]);
});

test.each([
  [0.5, ["of 3 s", "of 7 s", "of 10 s", "of 2 s", "of 1.5 s"]],
  [1, ["of 7 s", "of 10 s", "of 3 s", "of 2 s", "of 1.5 s"]],
  [2, ["of 10 s", "of 3 s", "of 7 s", "of 2 s"]],
])(
  "at speed %d, the clips that play as long as a shot of 5 seconds come first, and flashes are left out",
  (speed, ids) => {
    const clips = [3, 7, 10, 2, 1.5].map((duration) => clip(`of ${duration} s`, { duration }));
    expect(rankClips(clips, { clipSeconds: 5, speed }, 9 / 16).map(({ id }) => id)).toEqual(ids);
  },
);

test.each([
  [0.5, [10, 10, 10], 10, 2],
  [1, [10, 10, 10], 10, 2],
  [1, [10, 10, 10], 10.1, 3],
  [2, [10, 10, 10], 10, 2],
  [2, [5, 5, 5, 5, 5], 10, 4],
  [1, [0.1, 0.2, 1], 0.3, 2],
  [1, [5, 5], 100, 2],
])("at speed %d, clips of %j seconds fill %d seconds with the first %d", (speed, lengths, time, count) => {
  const clips = lengths.map((duration, index) => clip(`${index}`, { duration }));
  expect(countToFill(clips, time, { clipSeconds: 5, speed })).toBe(count);
});

test("terms take turns, and a clip that two terms found is taken once", () => {
  const terms = [
    { term: "sea", clips: [clip("1"), clip("2"), clip("3")] },
    { term: "sky", clips: [clip("1"), clip("4")] },
    { term: "none", clips: [] },
  ];
  const chosen = clipsInTurn(terms).map(({ term, clip: { id } }) => `${term} ${id}`);
  expect(chosen).toEqual(["sea 1", "sky 4", "sea 2", "sea 3"]);
  expect(clipsInTurn([{ term: "a", clips: [clip("1"), clip("1", { provider: "coverr" })] }])).toHaveLength(2);
});
