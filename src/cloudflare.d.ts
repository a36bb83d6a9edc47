/** Tells the types of `cloudflare:workers` what this Worker exports: `exports` is then typed. */
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import("./index.ts");
  }
}
