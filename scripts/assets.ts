// Copies files from npm packages into public/vendor: the bundled fonts and their list, the player, the interactive API
// reference, the sample clips, and the names of characters in HTML. Builds the studio. wrangler's [build] runs this, and
// so do the tests.
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { characterEntities } from "character-entities";
import { characterEntitiesLegacy } from "character-entities-legacy";
import { buildStudio } from "./build-studio.ts";

const target = new URL("../public/vendor/", import.meta.url);
/** For files that are not complete yet. On the same disk as the target, and not served. */
const unfinished = new URL("../.wrangler/assets/", import.meta.url);
/** Font families by their package in `@expo-google-fonts`, with their weights. */
const families: Record<string, { family: string; weights: string[] }> = {
  "noto-sans": { family: "NotoSans", weights: ["400Regular", "300Light", "700Bold"] },
  "noto-sans-arabic": { family: "NotoSansArabic", weights: ["400Regular"] },
  "noto-sans-bengali": { family: "NotoSansBengali", weights: ["400Regular"] },
  "noto-sans-devanagari": { family: "NotoSansDevanagari", weights: ["400Regular"] },
  "noto-sans-hebrew": { family: "NotoSansHebrew", weights: ["400Regular"] },
  "noto-sans-hk": { family: "NotoSansHK", weights: ["400Regular"] },
  "noto-sans-jp": { family: "NotoSansJP", weights: ["400Regular"] },
  "noto-sans-kr": { family: "NotoSansKR", weights: ["400Regular"] },
  "noto-sans-sc": { family: "NotoSansSC", weights: ["400Regular", "300Light", "700Bold"] },
  "noto-sans-tamil": { family: "NotoSansTamil", weights: ["400Regular"] },
  "noto-sans-thai": { family: "NotoSansThai", weights: ["400Regular"] },
  "noto-emoji": { family: "NotoEmoji", weights: ["400Regular"] },
  // Fonts that MoneyPrinterTurbo ships too.
  "be-vietnam-pro": { family: "BeVietnamPro", weights: ["500Medium", "700Bold"] },
  charm: { family: "Charm", weights: ["400Regular", "700Bold"] },
  // Well-known fonts for captions.
  anton: { family: "Anton", weights: ["400Regular"] },
  bangers: { family: "Bangers", weights: ["400Regular"] },
  "bebas-neue": { family: "BebasNeue", weights: ["400Regular"] },
  montserrat: { family: "Montserrat", weights: ["700Bold", "800ExtraBold"] },
  poppins: { family: "Poppins", weights: ["700Bold"] },
};
/** Pictures of the looks of subtitles, which scripts/preset-pictures.ts draws. */
const PRESET_PICTURES = "docs/images/subtitle-presets";
const fontFiles = Object.entries(families).flatMap(([name, { family, weights }]) => [
  ...weights.map((weight) => [
    `fonts/${family}-${weight.slice(3)}.ttf`,
    `@expo-google-fonts/${name}/${weight}/${family}_${weight}.ttf`,
  ]),
  [`fonts/${family}-LICENSE.txt`, `@expo-google-fonts/${name}/LICENSE_FONT`],
]);
const files: Record<string, string> = {
  ...Object.fromEntries(fontFiles),
  "hls/hls.min.js": "hls.js/dist/hls.min.js",
  "hls/hls.worker.js": "hls.js/dist/hls.worker.js",
  "media-chrome/media-chrome.js": "media-chrome/dist/iife/index.js",
  "swagger-ui/swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
  "swagger-ui/swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
};

/** Replaces a file at once, because several services may start from this folder at the same time. */
async function replace(destination: URL, make: (temporary: URL) => Promise<void>): Promise<void> {
  const temporary = new URL(`${process.pid}`, unfinished);
  await mkdir(unfinished, { recursive: true });
  await mkdir(new URL(".", destination), { recursive: true });
  await make(temporary);
  await rename(temporary, destination);
}

/** For a first video in the studio. */
const samples = ["dusk.mp4", "mandelbrot.mp4", "life.mp4"].map(
  (name) => [`samples/${name}`, `samples/${name}`] as const,
);
const presets = (await readdir(new URL(`../${PRESET_PICTURES}`, import.meta.url))).map(
  (name) => [`subtitle-presets/${name}`, `${PRESET_PICTURES}/${name}`] as const,
);
const packaged = Object.entries(files).map(([to, from]) => [to, `node_modules/${from}`] as const);
const copies = [...packaged, ...samples, ...presets];

for (const [to, from] of copies) {
  const source = new URL(`../${from}`, import.meta.url);
  const destination = new URL(to, target);
  const [wanted, there] = await Promise.all([stat(source), stat(destination).catch(() => null)]);
  if (there?.size === wanted.size && Math.abs(there.mtimeMs - wanted.mtimeMs) < 1) continue;
  await replace(destination, (temporary) => cp(source, temporary, { preserveTimestamps: true }));
}

const fonts = [];
for (const path of Object.keys(files).filter((name) => name.endsWith(".ttf"))) {
  const bytes = await readFile(new URL(path, target));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  fonts.push({ name: path.slice("fonts/".length), path: `/vendor/${path}`, size: bytes.byteLength, sha256 });
}

/** Writes a file unless it has this content. */
async function write(path: string, content: string): Promise<void> {
  const file = new URL(path, target);
  if (content === (await readFile(file, "utf8").catch(() => ""))) return;
  await replace(file, (temporary) => writeFile(temporary, content));
}

await write("fonts/index.json", JSON.stringify(fonts));
await write("html/entities.json", JSON.stringify({ names: characterEntities, legacy: characterEntitiesLegacy }));
await buildStudio(fileURLToPath(unfinished));
