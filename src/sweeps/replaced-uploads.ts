import { z } from "zod";
import { LibraryAudit } from "../db/media-audit.ts";
import type { Sweep } from "./sweep.ts";

/** Deletes uploads that a file of the same name replaced so long ago that no task needs them. */
export const replacedUploads: Sweep<never> = {
  name: "replaced_uploads",
  position: z.never(),
  async run({ env, config, now }) {
    const removed = await new LibraryAudit(env.DB).sweep(env.MEDIA, now, config.SWEEP_OBJECTS);
    return {
      position: null,
      more: removed >= config.SWEEP_OBJECTS,
      looked: removed,
      findings: removed > 0 ? { removed } : {},
    };
  },
};
