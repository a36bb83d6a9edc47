import { readFileSync } from "node:fs";
import { sample } from "../e2e/support/samples.ts";
import { storedObjects } from "../e2e/support/stored-objects.ts";
import { requestUntilAnswered, tryOnce } from "./client.ts";
import type { PlannedUpload } from "./plan.ts";
import type { World } from "./world.ts";

const COLLECTION = "video_materials";

/** An upload that was sent once. */
export interface Uploaded {
  name: string;
  bytes: Uint8Array;
  /** Whether the response was 2xx. */
  accepted: boolean;
}

/** Uploads a file once. Does not repeat a failed upload. */
export async function tryUpload(world: World, { name, method, hangUpAfterMs }: PlannedUpload): Promise<Uploaded> {
  // A `free` box at the end makes each file different. Readers of MP4 ignore it.
  const bytes = Buffer.concat([await sample("dusk.mp4"), Buffer.from(`\0\0\0\x20free${name.padEnd(24)}`)]);
  const form = new FormData();
  form.append("file", new Blob([bytes]), name);
  const path = `/api/v1/${COLLECTION}`;
  if (hangUpAfterMs !== null) world.count("client hung up");
  const answer = await (method === "PUT"
    ? tryOnce(world.origin, `${path}/${name}`, { method, body: bytes }, hangUpAfterMs)
    : tryOnce(world.origin, path, { method, body: form }, hangUpAfterMs));
  return { name, bytes, accepted: answer?.status === 200 };
}

/**
 * Checks that each accepted upload is stored completely, and every other upload completely or not at all.
 *
 * @returns the problems found.
 */
export async function checkUploads(world: World, uploads: readonly Uploaded[]): Promise<string[]> {
  const wrong: string[] = [];
  const { files } = (await requestUntilAnswered<{ files: { name: string }[] }>(world.origin, `/api/v1/${COLLECTION}`))
    .data;
  const stored = storedObjects(world.state, `${COLLECTION}/`);
  for (const { name, bytes, accepted } of uploads) {
    const listed = files.filter((file) => file.name === name).length;
    const objects = stored.filter(({ key }) => key.endsWith(`/${name}`));
    if (accepted && listed === 0) wrong.push(`the upload ${name} was accepted but is not listed`);
    if (listed !== objects.length) wrong.push(`${name} is listed ${listed} times and stored ${objects.length} times`);
    for (const { path } of objects) {
      if (!readFileSync(path).equals(bytes)) wrong.push(`${name} has other bytes than were sent`);
    }
  }
  return wrong;
}
