import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** Builds the studio into the assets of the API Worker. `scripts/assets.ts` runs it. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: fileURLToPath(new URL("../.wrangler/studio", import.meta.url)),
    emptyOutDir: true,
    assetsDir: "studio",
    // Everything comes from files of the service, so that its Content Security Policy can be strict.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: "es2022",
  },
  logLevel: "warn",
});
