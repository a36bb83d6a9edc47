import { expect, test } from "vitest";
import { subtitleAnimations, subtitleDisplayModes } from "../../src/api/fields/subtitles.ts";
import { subtitlePresetIds } from "../../src/api/subtitle-presets.ts";
import { renderInWasm, renderNatively } from "../rendering/support/renderers.ts";
import { drawSpoken, SCRIPTS, type SpokenCaption, structuralSimilarity } from "../rendering/support/spoken-captions.ts";
import { hasFFmpeg } from "../support/renderers-under-test.ts";
import { skippedWithout } from "../support/skipped.ts";

const SIZE = { width: 320, height: 180 };
const FRAMES = 3;
const everywhere = (fields: object): SpokenCaption[] =>
  Object.values(SCRIPTS).map(([language, text]) => ({ text, language, fields, frames: FRAMES }));

async function expectAlike(captions: readonly SpokenCaption[]): Promise<void> {
  const drawn = await drawSpoken(captions, SIZE, renderNatively);
  const again = await drawSpoken(captions, SIZE, renderInWasm);
  for (const [index, { text, fields }] of captions.entries()) {
    for (const [frame, picture] of (drawn[index] ?? []).entries()) {
      const other = again[index]?.[frame];
      const similarity = other ? structuralSimilarity(picture, other) : 0;
      expect(similarity, `${text}, ${JSON.stringify(fields)}, frame ${frame}`).toBeGreaterThanOrEqual(0.97);
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
