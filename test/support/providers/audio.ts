import { numberOf } from "./vendor.ts";

export const SAMPLE_RATE = 24_000;

export interface FakeSpeech {
  /** A WAV file: mono, 16 bit. */
  wav: Uint8Array;
  /** Seconds. */
  duration: number;
  /** The parts of the text between white space, with their times in seconds. */
  words: { text: string; start: number; end: number }[];
}

/** Makes a "speech": a tone for each word, longer for longer words. The same text gives the same bytes. */
export function fakeSpeech(text: string, speed: number): FakeSpeech {
  const words: FakeSpeech["words"] = [];
  let at = 0.05;
  for (const word of text.match(/\S+/g) ?? []) {
    const length = (0.12 + 0.05 * [...word].length) / speed;
    words.push({ text: word, start: at, end: at + length });
    at += length + 0.06 / speed;
  }
  const duration = at + 0.05;
  const samples = new Int16Array(Math.round(duration * SAMPLE_RATE));
  for (const { text: word, start, end } of words) {
    const pitch = 180 + (numberOf(word) % 400);
    for (let index = Math.round(start * SAMPLE_RATE); index < Math.round(end * SAMPLE_RATE); index++) {
      samples[index] = Math.round(9000 * Math.sin((2 * Math.PI * pitch * index) / SAMPLE_RATE));
    }
  }
  return { wav: waveFile(samples), duration, words };
}

function waveFile(samples: Int16Array): Uint8Array {
  const data = Buffer.from(samples.buffer);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}
