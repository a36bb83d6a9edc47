/** Puts the files that the service serves in place, as wrangler's [build] does. */
export async function setup(): Promise<void> {
  await import("../../scripts/assets.ts");
}
