import { collections } from "../api/files.ts";
import { LibraryAudit } from "../db/media-audit.ts";
import { uploadIdOfKey } from "../storage/keys.ts";
import { type Findings, objectSweep, pastGrace, type SweepContext } from "./sweep.ts";

/**
 * Uploaded files that are on no shelf: an upload is stored first, and gets its row in `media` once it
 * turned out to be good. One that is being looked at is younger than the grace period.
 */
export const uploads = objectSweep("uploads", lookAtUploads);

async function lookAtUploads(context: SweepContext, after: string | null, findings: Findings) {
  const { env } = context;
  // The shelf that the walk has come to is the beginning of the key after which it goes on.
  const shelves = collections.map((collection) => `${collection}/`);
  const shelf = shelves.find((prefix) => after?.startsWith(prefix)) ?? shelves[0] ?? "";
  const startAfter = after === null || after === shelf ? {} : { startAfter: after };
  const page = await env.MEDIA.list({ prefix: shelf, limit: 1000, ...startAfter });
  const old = page.objects.filter((object) => pastGrace(context, object));
  const ids = old.flatMap(({ key }) => uploadIdOfKey(key) ?? []);
  const known = await new LibraryAudit(env.DB).known(ids);
  const orphans = old.filter(({ key }) => !known.has(key)).map(({ key }) => key);
  if (orphans.length > 0) await env.MEDIA.delete(orphans);
  findings.add("object_without_row", orphans.length);
  const last = page.objects.at(-1);
  const next = page.truncated && last ? last.key : (shelves[shelves.indexOf(shelf) + 1] ?? null);
  return { looked: page.objects.length, next };
}
