import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { pauseTimes } from "../../../../src/captions/pauses/pause-times.ts";
import { EnvelopeBuilder } from "../../../../src/captions/pauses/sound-envelope.ts";
import { skippedWithout } from "../../../support/skipped.ts";

const SCRIPT = new URL("espeak-words.py", import.meta.url).pathname;

const texts: Record<string, string> = {
  en: "Welcome back! Today I'll show you how to make the perfect cup of coffee at home. You don't need an expensive machine. First, choose fresh beans, and grind them just before you brew. If the water boils, wait thirty seconds. That's it. Simple, right?",
  es: "En aquel pueblo vivía un viejo relojero que conocía el secreto del tiempo. Cada noche, cuando las calles quedaban vacías, abría la ventana y escuchaba. Nadie sabía cuántos años tenía. Un día desapareció, y todos los relojes se detuvieron.",
  zh: "海洋覆盖了地球表面的百分之七十以上，但我们只探索了其中很小的一部分。每年，科学家都会在深海中发现数百个新物种。为什么这很重要？因为海洋为我们提供食物，调节气候。保护海洋，就是保护我们自己。",
};
const voices = [
  { language: "en", voice: "en-us", speed: 175 },
  { language: "en", voice: "en-gb-x-rp", speed: 155 },
  { language: "en", voice: "en+f3", speed: 195 },
  { language: "es", voice: "es", speed: 170 },
  { language: "es", voice: "es-419", speed: 150 },
  { language: "es", voice: "es+f2", speed: 190 },
  { language: "zh", voice: "cmn", speed: 180 },
  { language: "zh", voice: "cmn+f3", speed: 190 },
  { language: "zh", voice: "cmn+m3", speed: 200 },
];

const asked = voices.map(({ language, ...voice }) => ({ ...voice, text: texts[language] ?? "" }));
const spoken = spawnSync("python3", [SCRIPT], {
  input: JSON.stringify(asked),
  maxBuffer: 2 ** 28,
  encoding: "utf8",
});
const missing = skippedWithout(spoken.status === 0, "espeak-ng and python3");

interface Spoken {
  rate: number;
  samples: string;
  words: [number, number][];
}

/** How far word starts and line starts are off on average, in seconds. */
function errorsOf(language: string, { rate, samples, words }: Spoken) {
  const text = texts[language] ?? "";
  const bytes = Buffer.from(samples, "base64");
  const builder = new EnvelopeBuilder(rate);
  builder.add(Int16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(2 * index)));
  const off: number[] = [];
  const lines: number[] = [];
  let position = 0;
  for (const sentence of pauseTimes(text, builder.finish(), language) ?? []) {
    for (const [index, word] of (sentence.words ?? []).entries()) {
      const from = text.indexOf(word.text, position);
      position = from + word.text.length;
      const told = words.find(([at]) => at >= from && at < position && /[\p{L}\p{N}]/u.test(text.charAt(at)));
      if (!told) continue;
      off.push(Math.abs(told[1] - word.start));
      if (index === 0) lines.push(Math.abs(told[1] - word.start));
    }
  }
  const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  return { words: mean(off), lines: mean(lines), count: off.length };
}

describe.skipIf(missing !== "")(`speech whose word times are known${missing}`, () => {
  const answers = spoken.stdout.split("\n").filter((line) => line !== "");

  test.each(voices.map((each, index) => ({ ...each, index })))(
    "by its pauses alone, line starts of the voice $voice are within 0.1 s and word starts within 0.15 s on average",
    ({ language, voice, index }) => {
      const { lines, words, count } = errorsOf(language, JSON.parse(answers[index] ?? "") as Spoken);
      console.log(`${voice.padEnd(10)}  ${count} words  lines ${lines.toFixed(3)} s  words ${words.toFixed(3)} s`);
      expect(count).toBeGreaterThan(25);
      expect(lines).toBeLessThan(0.1);
      expect(words).toBeLessThan(0.15);
    },
  );
});
