// Copies what the service serves or renders with from packages into public/vendor: the bundled fonts,
// with a list of them, the player and the interactive API reference. Run by wrangler's [build] and before the tests.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";

const target = new URL("../public/vendor/", import.meta.url);
/** Font families of `@expo-google-fonts`, by their packages. */
const families = {
  "noto-sans": "NotoSans",
  "noto-sans-arabic": "NotoSansArabic",
  "noto-sans-bengali": "NotoSansBengali",
  "noto-sans-devanagari": "NotoSansDevanagari",
  "noto-sans-hebrew": "NotoSansHebrew",
  "noto-sans-kr": "NotoSansKR",
  "noto-sans-sc": "NotoSansSC",
  "noto-sans-tamil": "NotoSansTamil",
  "noto-sans-thai": "NotoSansThai",
  "noto-emoji": "NotoEmoji",
};
const fontFiles = Object.entries(families).flatMap(([name, family]) => [
  [`fonts/${family}-Regular.ttf`, `@expo-google-fonts/${name}/400Regular/${family}_400Regular.ttf`],
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

for (const [to, from] of Object.entries(files)) {
  const destination = new URL(to, target);
  await mkdir(new URL(".", destination), { recursive: true });
  await cp(new URL(`../node_modules/${from}`, import.meta.url), destination, { preserveTimestamps: true });
}

const fonts = [];
for (const path of Object.keys(files).filter((name) => name.endsWith(".ttf"))) {
  const bytes = await readFile(new URL(path, target));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  fonts.push({ name: path.slice("fonts/".length), path: `/vendor/${path}`, size: bytes.byteLength, sha256 });
}
await writeFile(new URL("fonts/index.json", target), JSON.stringify(fonts));
