// node scripts/preset-pictures.ts: draws a picture of each look of subtitles into docs/images/subtitle-presets. Needs ffmpeg.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { subtitlePresetIds, withPresetFields } from "../src/api/subtitle-presets.ts";
import { videoRequestSchema } from "../src/api/video-request.ts";
import { assDocument } from "../src/captions/ass-document.ts";
import { captionStyle } from "../src/captions/caption-style.ts";
import { lineFits } from "../src/captions/fit-lines.ts";
import { readFont } from "../src/captions/fonts/read-font-file.ts";
import { withSpreadWords } from "../src/captions/timing/cue-words.ts";
import { wrapText } from "../src/captions/wrap-lines.ts";

const TEXT = "The city lights shine over the river";
const SIZE = { width: 432, height: 768 };
const FRAMES = 140;
/** A frame in the middle of a word that is neither the first nor the last one. */
const SHOWN_FRAME = 78;
const BACKGROUND =
  "gradients=s=432x768:n=3:c0=0x14213D:c1=0x4A4E69:c2=0xC9705A:x0=216:y0=0:x1=216:y1=768:speed=0.00001";
const DEFAULT_FONT = "NotoSans-Regular.ttf";

const target = fileURLToPath(new URL("../docs/images/subtitle-presets/", import.meta.url));
const fontFolder = new URL("../public/vendor/fonts/", import.meta.url);
mkdirSync(target, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "edgereel-presets-"));
try {
  for (const id of subtitlePresetIds) {
    const body = withPresetFields({ video_script: TEXT, video_language: "en", subtitle_preset: id });
    const request = videoRequestSchema.parse(body);
    const style = captionStyle(request, SIZE);
    const file = new URL(request.font_name || DEFAULT_FONT, fontFolder);
    const fonts = [readFont(readFileSync(file))];
    const text = wrapText(TEXT, lineFits(style, fonts), "en");
    const cue = withSpreadWords({ start: 0, end: FRAMES, text }, "en");
    const window = { start: SHOWN_FRAME, end: SHOWN_FRAME + 1 };
    writeFileSync(join(folder, "captions.ass"), assDocument([cue], style, fonts, 30, window).text);
    rmSync(join(folder, "fonts"), { recursive: true, force: true });
    mkdirSync(join(folder, "fonts"));
    cpSync(file, join(folder, "fonts", "font.ttf"));
    const drawing = "format=rgb24,ass=captions.ass:fontsdir=fonts,scale=270:-2:flags=lanczos";
    execFileSync(
      "ffmpeg",
      [
        "-v",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-i",
        BACKGROUND,
        "-frames:v",
        "1",
        "-vf",
        drawing,
        "-c:v",
        "libwebp",
      ].concat(["-quality", "75", join(target, `${id}.webp`)]),
      { cwd: folder },
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
