import { readFileSync } from "node:fs";
import { sample } from "../e2e/support/samples.ts";
import { storedObjects } from "../e2e/support/stored-objects.ts";
import { persist, tryOnce } from "./client.ts";
import type { PlannedUpload } from "./plan.ts";
import type { World } from "./world.ts";

const SHELF = "video_materials";

/** An upload, and whether it was answered with 200. */
export interface Uploaded {
  name: string;
  bytes: Uint8Array;
  granted: boolean;
}

/** Uploads a file once, without retries. */
export async function tryUpload(world: World, { name, method, hangsUp }: PlannedUpload): Promise<Uploaded> {
  // A trailing `free` box makes the bytes of each upload different.
  const bytes = Buffer.concat([await sample("dusk.mp4"), Buffer.from(`\0\0\0\x20free${name.padEnd(24)}`)]);
  const form = new FormData();
  form.append("file", new Blob([bytes]), name);
  const path = `/api/v1/${SHELF}`;
  if (hangsUp !== null) world.count("client hung up");
  const answer = await (method === "PUT"
    ? tryOnce(world.origin, `${path}/${name}`, { method, body: bytes }, hangsUp)
    : tryOnce(world.origin, path, { method, body: form }, hangsUp));
  return { name, bytes, granted: answer?.status === 200 };
}

/**
 * Checks that each upload that was answered with 200 exists, and that every other upload is either stored and
 * listed completely or not at all.
 *
 * @returns a message for each error.
 */
export async function checkUploads(world: World, uploads: readonly Uploaded[]): Promise<string[]> {
  const wrong: string[] = [];
  const { files } = (await persist<{ files: { name: string }[] }>(world.origin, `/api/v1/${SHELF}`)).data;
  const stored = storedObjects(world.state, `${SHELF}/`);
  for (const { name, bytes, granted } of uploads) {
    const listed = files.filter((file) => file.name === name).length;
    const objects = stored.filter(({ key }) => key.endsWith(`/${name}`));
    if (granted && listed === 0) wrong.push(`the upload ${name} was granted and is not there`);
    if (listed !== objects.length) wrong.push(`${name} is listed ${listed} times and stored ${objects.length} times`);
    for (const { path } of objects) {
      if (!readFileSync(path).equals(bytes)) wrong.push(`${name} is not stored as it was sent`);
    }
  }
  return wrong;
}
