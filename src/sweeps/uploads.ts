import { collections } from "../media/formats.ts";
import { uploadIdOfKey } from "../media/keys.ts";
import { LibraryAudit } from "../media/library-audit.ts";
import { Findings, type ObjectPosition, objectPositionSchema, type Sweep, type SweepContext, walk } from "./sweep.ts";

/**
 * Uploaded files that are on no shelf: an upload is stored first, and gets its row in `media` once it
 * turned out to be good. One that is being looked at is younger than the grace period.
 */
export const uploads: Sweep<ObjectPosition> = {
  name: "uploads",
  position: objectPositionSchema,
  async run(context, position) {
    const findings = new Findings();
    const walked = await walk(context, position, (after) => lookAtUploads(context, after, findings));
    return { ...walked, findings: findings.counts };
  },
};

async function lookAtUploads({ env, config, now }: SweepContext, after: string | null, findings: Findings) {
  // The shelf that the walk has come to is the beginning of the key after which it goes on.
  const shelves = collections.map((collection) => `${collection}/`);
  const shelf = shelves.find((prefix) => after?.startsWith(prefix)) ?? shelves[0] ?? "";
  const startAfter = after === null || after === shelf ? {} : { startAfter: after };
  const page = await env.MEDIA.list({ prefix: shelf, limit: 1000, ...startAfter });
  const old = page.objects.filter(({ uploaded }) => uploaded.getTime() <= now - config.SWEEP_GRACE_SECONDS * 1000);
  const ids = old.flatMap(({ key }) => uploadIdOfKey(key) ?? []);
  const known = await new LibraryAudit(env.DB).known(ids);
  const orphans = old.filter(({ key }) => !known.has(key)).map(({ key }) => key);
  if (orphans.length > 0) await env.MEDIA.delete(orphans);
  findings.add("object_without_row", orphans.length);
  const last = page.objects.at(-1);
  const next = page.truncated && last ? last.key : (shelves[shelves.indexOf(shelf) + 1] ?? null);
  return { looked: page.objects.length, next };
}
