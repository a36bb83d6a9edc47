import { expect, test } from "vitest";
import { captionedJob, find, frameOf, greyClip, WIDTH } from "../support/captioned-frames.ts";
import { render } from "../support/renderers.ts";

const WHITE = [255, 255, 255] as const;
const BLACK = [0, 0, 0] as const;

const scripts = [
  ["English", "Nobody knew why the lamp was lit."],
  ["Chinese", "人工智能正在改变我们的生活方式。"],
  ["Arabic", "في هذا العصر سريع التغير."],
  ["Hindi", "कृत्रिम बुद्धिमत्ता हमारे जीवन को बदल रही है।"],
  ["Chinese and Arabic in one line", "你好 مرحبا"],
  ["Korean, Hebrew, Thai, Bengali and Tamil", "안녕 שלום สวัสดี নমস্কার வணக்கம்"],
  ["English with emoji", "Nice 🎉 work 👩‍🚀 ❤️"],
] as const;

test.each(scripts)("a subtitle in %s is drawn inside the frame, in the middle of its box", async (_, script) => {
  const { job, fonts } = captionedJob(script, {});
  const picture = await frameOf(await render(job, [await greyClip(), ...fonts]), 1);
  const box = find(picture, BLACK);
  const text = find(picture, WHITE);
  expect(text.count).toBeGreaterThan(200);
  expect(text.left).toBeGreaterThan(WIDTH * 0.05);
  expect(text.right).toBeLessThan(WIDTH * 0.95);
  expect(box.left < text.left && box.right > text.right && box.top < text.top && box.bottom > text.bottom).toBe(true);
  // The text is centred, apart from a few pixels of side bearing.
  expect(Math.abs((text.left + text.right) / 2 - WIDTH / 2)).toBeLessThan(8);
});
