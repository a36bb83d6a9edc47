/** Tells the types of `cloudflare:workers` what this Worker exports and is bound to. */
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import("./index.ts");
  }
}
