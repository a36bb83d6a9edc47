// Copies what the service serves or renders with from packages into public/vendor: the bundled fonts,
// with a list of them, the player and the interactive API reference. Run by wrangler's [build] and before the tests.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";

const target = new URL("../public/vendor/", import.meta.url);
const files = {
  "fonts/NotoSans-Regular.ttf": "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
  "fonts/NotoSans-LICENSE.txt": "@expo-google-fonts/noto-sans/LICENSE_FONT",
  "fonts/NotoSansArabic-Regular.ttf": "@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf",
  "fonts/NotoSansArabic-LICENSE.txt": "@expo-google-fonts/noto-sans-arabic/LICENSE_FONT",
  "fonts/NotoSansDevanagari-Regular.ttf":
    "@expo-google-fonts/noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf",
  "fonts/NotoSansDevanagari-LICENSE.txt": "@expo-google-fonts/noto-sans-devanagari/LICENSE_FONT",
  "fonts/NotoSansSC-Regular.ttf": "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
  "fonts/NotoSansSC-LICENSE.txt": "@expo-google-fonts/noto-sans-sc/LICENSE_FONT",
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
