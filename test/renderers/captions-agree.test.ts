import { expect, test } from "vitest";
import { subtitleAnimations, subtitleDisplayModes } from "../../src/api/fields/subtitles.ts";
import { subtitlePresetIds } from "../../src/api/subtitle-presets.ts";
import type { Picture } from "../rendering/support/drawn-captions.ts";
import { renderInWasm, renderNatively } from "../rendering/support/renderers.ts";
import { drawSpoken, SCRIPTS, type SpokenCaption, structuralSimilarity } from "../rendering/support/spoken-captions.ts";
import { hasFFmpeg } from "../support/renderers-under-test.ts";
import { skippedWithout } from "../support/skipped.ts";

const SIZE = { width: 320, height: 180 };
const FRAMES = 3;
const everywhere = (fields: object): SpokenCaption[] =>
  Object.values(SCRIPTS).map(([language, text]) => ({ text, language, fields, frames: FRAMES }));

/**
 * Where digits of another font stand in a line, each line of the pictures, of 180 rows, may be one row higher or lower.
 */
const leastSimilarity = (text: string) => (/\d/.test(text) ? 0.95 : 0.97);

/** A picture moved down by some rows. */
function shifted({ pixels, ...size }: Picture, rows: number): Picture {
  if (rows === 0) return { ...size, pixels };
  const moved = new Uint8Array(pixels);
  moved.copyWithin(Math.max(0, rows) * size.width * 3, Math.max(0, -rows) * size.width * 3);
  return { ...size, pixels: moved };
}

async function expectAlike(captions: readonly SpokenCaption[]): Promise<void> {
  const drawn = await drawSpoken(captions, SIZE, renderNatively);
  const again = await drawSpoken(captions, SIZE, renderInWasm);
  for (const [index, { text, fields }] of captions.entries()) {
    for (const [frame, picture] of (drawn[index] ?? []).entries()) {
      const other = again[index]?.[frame];
      // libass puts a line of several fonts at a whole row, which the two builds may round to neighbours.
      const similarity = other
        ? Math.max(...[0, -1, 1].map((rows) => structuralSimilarity(picture, shifted(other, rows))))
        : 0;
      expect(similarity, `${text}, ${JSON.stringify(fields)}, frame ${frame}`).toBeGreaterThanOrEqual(
        leastSimilarity(text),
      );
    }
  }
}

test.skipIf(!hasFFmpeg)(
  `both renderers draw every preset alike in ten writing systems${skippedWithout(hasFFmpeg, "ffmpeg")}`,
  () => expectAlike(subtitlePresetIds.flatMap((id) => everywhere({ subtitle_preset: id }))),
);

test.skipIf(!hasFFmpeg)(
  `both renderers draw every mode with every animation alike in ten writing systems${skippedWithout(hasFFmpeg, "ffmpeg")}`,
  () => {
    const common = {
      highlight_color: "#FFDD00",
      text_background_color: "#00408080",
      rounded_subtitle_background: true,
    };
    const looks = subtitleDisplayModes.flatMap((mode) =>
      subtitleAnimations.map((animation) => ({
        ...common,
        ...{ subtitle_display_mode: mode, subtitle_animation: animation, karaoke_fill: animation === "fade" },
        highlight_background: animation === "none" ? "#7C3AED" : false,
      })),
    );
    return expectAlike(looks.flatMap(everywhere));
  },
);
