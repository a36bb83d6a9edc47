import { expect, test } from "vitest";
import { hearNarration } from "../../../src/authoring/hear-narration.ts";
import { writeWav } from "../../../src/authoring/sound/wav.ts";
import { findPauses } from "../../../src/captions/pauses/sound-envelope.ts";
import type { TaskMedia } from "../../../src/protocol/task-jobs.ts";
import type { Renderer } from "../../../src/renderers/renderer.ts";
import { bindings } from "../support/bindings.ts";

const RATE = 16_000;
/** Half a second of sound, then 0.3 s of silence, and sound again. */
const samples = Int16Array.from({ length: RATE * 1.3 }, (_, index) =>
  index >= RATE * 0.5 && index < RATE * 0.8 ? 0 : 8000 * Math.sin(index / 5),
);
const wav = writeWav(RATE, samples);
const PAUSES = [{ start: 50, end: 80 }];
const narration = (key: string): TaskMedia => ({
  input: { name: "voice", sha256: key, size: wav.byteLength, from: { store: "r2", key } },
  probe: { kind: "audio", format: "wav", duration: 1.3, video: null, audio: { codec: "pcm_s16le" } },
});
const signal = new AbortController().signal;

test("the pauses of a WAV narration are heard without a renderer, and kept for the next run", async () => {
  const task = crypto.randomUUID();
  await bindings.MEDIA.put("musics/hear/voice.wav", wav);
  const heard = await hearNarration(bindings, task, narration("musics/hear/voice.wav"), [], signal);
  expect(heard).toHaveLength(130);
  expect(findPauses(heard, 10)).toEqual(PAUSES);
  await bindings.MEDIA.delete("musics/hear/voice.wav");
  expect(await hearNarration(bindings, task, narration("musics/hear/voice.wav"), [], signal)).toEqual(heard);
});

test("a narration of another format is decoded by a renderer first, and arrives in pieces of any length", async () => {
  await bindings.MEDIA.put("musics/hear/voice.mp3", "no WAV file");
  const renderer = {
    kind: "http",
    async render(
      job: unknown,
      _: unknown,
      { store }: { store: (file: ReadableStream<Uint8Array>) => Promise<unknown> },
    ) {
      expect(job).toEqual({ kind: "speech", sampleRate: 8000 });
      let position = 0;
      await store(
        new ReadableStream({
          pull(controller) {
            const piece = wav.subarray(position, position + 777);
            position += 777;
            if (piece.byteLength === 0) controller.close();
            else controller.enqueue(piece);
          },
        }),
      );
    },
  } as unknown as Renderer;
  const media = narration("musics/hear/voice.mp3");
  const heard = await hearNarration(bindings, crypto.randomUUID(), media, [renderer], signal);
  expect(heard).toHaveLength(130);
  expect(findPauses(heard, 10)).toEqual(PAUSES);
});
