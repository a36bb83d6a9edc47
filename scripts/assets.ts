// Copies what the service serves or renders with from packages into public/vendor: the bundled font,
// the player and the interactive API reference. Run by wrangler's [build] and before the tests.
import { cp, mkdir } from "node:fs/promises";

const target = new URL("../public/vendor/", import.meta.url);
const files = {
  "fonts/NotoSans-Regular.ttf": "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
  "fonts/NotoSans-LICENSE.txt": "@expo-google-fonts/noto-sans/LICENSE_FONT",
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
