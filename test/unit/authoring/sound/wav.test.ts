import fc from "fast-check";
import { expect, test } from "vitest";
import { readWav, toMono, wavHeader, writeWav } from "../../../../src/authoring/sound/wav.ts";

test("a written WAV file is read back with the same samples and sample rate", () => {
  fc.assert(
    fc.property(fc.int16Array({ maxLength: 50 }), fc.integer({ min: 8000, max: 48_000 }), (samples, sampleRate) => {
      expect(readWav(writeWav(sampleRate, samples))).toEqual({ sampleRate, channels: 1, samples });
    }),
  );
});

test("a WAV file whose data size is unknown is read to its end", () => {
  const file = writeWav(8000, new Int16Array([1, 2, 3]));
  for (const size of [0xffff_ffff, 0x7fff_ffff]) {
    new DataView(file.buffer).setUint32(40, size, true);
    expect([...(readWav(file)?.samples ?? [])]).toEqual([1, 2, 3]);
  }
});

test("chunks before the samples of a WAV file are skipped", () => {
  const file = writeWav(8000, new Int16Array([5]));
  const list = new TextEncoder().encode("LIST\u0003\0\0\0abc\0");
  const withList = new Uint8Array([...file.subarray(0, 36), ...list, ...file.subarray(36)]);
  expect([...(readWav(withList)?.samples ?? [])]).toEqual([5]);
});

test("bytes that are no WAV file with 16-bit samples are refused and never throw", () => {
  const float = writeWav(8000, new Int16Array([1]));
  new DataView(float.buffer).setUint16(20, 3, true);
  expect(readWav(float)).toBeNull();
  expect(readWav(wavHeader(8000, 0).subarray(0, 40))).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(79), (bytes, at) => {
      const damaged = writeWav(8000, new Int16Array(18));
      damaged.set(bytes.subarray(0, 80 - at), at);
      readWav(damaged);
      readWav(bytes);
    }),
  );
});

test("two channels become one by their mean", () => {
  const stereo = { sampleRate: 8000, channels: 2, samples: new Int16Array([10, 20, -4, 0]) };
  expect([...toMono(stereo).samples]).toEqual([15, -2]);
});
