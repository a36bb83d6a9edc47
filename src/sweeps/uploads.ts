import { collections } from "../api/files.ts";
import { LibraryAudit } from "../db/media-audit.ts";
import { uploadIdOfKey } from "../storage/keys.ts";
import { type Findings, objectSweep, pastGrace, type SweepContext } from "./sweep.ts";

/**
 * Deletes uploads that have no row in the table `media`. An upload is stored first and gets its row after the file was
 * checked. An upload that is being checked is younger than the grace period.
 */
export const uploads = objectSweep("uploads", checkUploads);

async function checkUploads(context: SweepContext, after: string | null, findings: Findings) {
  const { env } = context;
  // The sweep lists one collection after the other. `after` is a key, or a whole prefix at the start of a collection.
  const prefixes = collections.map((collection) => `${collection}/`);
  const current = prefixes.find((prefix) => after?.startsWith(prefix)) ?? prefixes[0] ?? "";
  const startAfter = after === null || after === current ? {} : { startAfter: after };
  const page = await env.MEDIA.list({ prefix: current, limit: 1000, ...startAfter });
  const old = page.objects.filter((object) => pastGrace(context, object));
  const ids = old.flatMap(({ key }) => uploadIdOfKey(key) ?? []);
  const known = await new LibraryAudit(env.DB).known(ids);
  const orphans = old.filter(({ key }) => !known.has(key)).map(({ key }) => key);
  if (orphans.length > 0) await env.MEDIA.delete(orphans);
  findings.add("object_without_row", orphans.length);
  const last = page.objects.at(-1);
  const next = page.truncated && last ? last.key : (prefixes[prefixes.indexOf(current) + 1] ?? null);
  return { looked: page.objects.length, next };
}
