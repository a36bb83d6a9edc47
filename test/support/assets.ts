/** Builds the static files that the service serves, as wrangler's [build] command does. */
export async function setup(): Promise<void> {
  await import("../../scripts/assets.ts");
}
