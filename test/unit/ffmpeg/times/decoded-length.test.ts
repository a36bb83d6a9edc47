import { expect, test } from "vitest";
import { DecodedLengthReader } from "../../../../src/ffmpeg/times/decoded-length.ts";

test("the length of a sound is the sum of its decoded pieces, whatever their timestamps are", () => {
  const reader = new DecodedLengthReader();
  expect(reader.length).toBe(0);
  for (const line of [
    ...["#software: Lavf59.27.100", "#tb 0: 1/44100", "#media_type 0: audio", "#codec_id 0: pcm_s16le"],
    ...["#sample_rate 0: 44100", "#channel_layout_name 0: mono"],
    "0,          0,          0,    22050,    44100, 0xe4f8174d",
    "0,          0,          0,    44100,    88200, 0xcaeb828f",
  ]) {
    reader.readLine(line);
  }
  expect(reader.length).toBe(1.5);
});
