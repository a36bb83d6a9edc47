import { expect, test } from "vitest";
import { PacketTimesReader } from "../../../../src/ffmpeg/times/packet-times.ts";

/** Reads a list of packets: time, duration and flags of each. */
function read(
  kind: "pictures" | "sound",
  packets: [time: number | null, duration: number, flags?: string][],
  gap = 1e9,
) {
  const reader = new PacketTimesReader(kind, gap);
  for (const [time, duration, flags = "K_"] of packets) {
    reader.readLine(`packet,${time ?? "N/A"},${time ?? "N/A"},${duration},${flags}`);
  }
  reader.readLine("format,any");
  return reader.result();
}

const regular = (count: number, rate: number, first = 0) =>
  Array.from({ length: count }, (_, n): [number, number, string] => [first + n / rate, 1 / rate, n % 10 ? "__" : "K_"]);

test("the times of pictures at a constant rate are even, and tell rate, length and keyframe interval", () => {
  const times = read("pictures", regular(55, 25, 1.4));
  expect(times).toMatchObject({ even: true, restarts: false });
  expect(times?.start).toBeCloseTo(1.4);
  expect(times?.end).toBeCloseTo(1.4 + 55 / 25);
  expect(times?.rate).toBeCloseTo(25);
  expect(times?.keyframeInterval).toBeCloseTo(0.4);
});

test("pictures that are stored in decoding order are put into display order", () => {
  const order = [0, 4, 2, 1, 3, 8, 6, 5, 7];
  const times = read(
    "pictures",
    order.map((n) => [n / 25, 0.04, n === 0 ? "K_" : "__"]),
  );
  expect(times).toMatchObject({ even: true, restarts: false });
  expect(times?.end).toBeCloseTo(9 / 25);
});

test.each([
  ["one picture that is held for four seconds", [...regular(1000, 60), ...regular(1000, 60, 1000 / 60 + 4)]],
  ["one missing picture in the middle", regular(1000, 60).filter((_, n) => n !== 500)],
  ["a rate that changes late", [...regular(600, 60), ...regular(6, 1, 10)]],
] as const)("a constant rate with %s varies", (_, packets) => {
  expect(read("pictures", [...packets])).toMatchObject({ even: false });
});

test("timestamps that are rounded to milliseconds are still even", () => {
  const rounded = regular(600, 60).map(([time, , flags]): [number, number, string] => [
    Math.round(time * 1000) / 1000,
    0.016,
    flags,
  ]);
  expect(read("pictures", rounded)).toMatchObject({ even: true });
});

test("pictures before the first keyframe do not count, because they cannot be decoded", () => {
  const times = read("pictures", [
    [0, 0.04, "__"],
    [0.04, 0.04, "K_"],
    [0.08, 0.04, "__"],
  ]);
  expect(times?.start).toBeCloseTo(0.04);
  expect(times?.end).toBeCloseTo(0.12);
});

test("pictures that an edit list leaves out are not shown, and help to decode the next ones", () => {
  const times = read("pictures", [
    [-0.04, 0.04, "KD"],
    [0, 0.04, "__"],
    [0.04, 0.04, "__"],
    [0.08, 0.04, "K_"],
  ]);
  expect(times?.start).toBe(0);
  expect(times?.end).toBeCloseTo(0.12);
});

test("a last picture that claims a duration of hours has the average duration", () => {
  expect(read("pictures", [...regular(10, 10), [1, 7200, "__"]])?.end).toBeCloseTo(1.1);
  expect(read("pictures", [...regular(10, 10), [1, 5, "__"]])?.end).toBeCloseTo(6);
});

test("pictures whose timestamps start again are reported", () => {
  expect(read("pictures", [...regular(50, 25, 1.4), ...regular(50, 25, 1.4)])).toMatchObject({ restarts: true });
});

test("sound that starts again is as long as its parts together, and a pause counts", () => {
  const part = Array.from({ length: 100 }, (_, n): [number, number] => [n / 50, 1 / 50]);
  expect(read("sound", [...part, ...part])?.end).toBeCloseTo(4);
  expect(read("sound", [...part, [5, 0.02]])?.end).toBeCloseTo(5.02);
  expect(read("sound", [...part, [50, 0.02]], 10)?.end).toBeCloseTo(2.02);
});

test("samples that the last packet discards are not part of the sound", () => {
  const reader = new PacketTimesReader("sound");
  reader.readLine("packet,0.000000,0.000000,0.500000,K_");
  reader.readLine("packet,0.500000,0.500000,0.500000,K_,4800");
  reader.readLine("format,mp3");
  expect(reader.result(48_000)?.end).toBeCloseTo(0.9);
});

test("a list that ends early, or without any time, tells nothing", () => {
  const reader = new PacketTimesReader("sound");
  reader.readLine("packet,0.000000,0.000000,0.500000,K_");
  expect(reader.result()).toBeNull();
  expect(read("pictures", [[null, 0.04]])).toBeNull();
});
