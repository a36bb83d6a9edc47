import { z } from "zod";
import type { Input } from "../protocol/task-jobs.ts";
import { type InputBindings, readAsset } from "../storage/open-input.ts";

const indexSchema = z.array(z.object({ name: z.string(), path: z.string(), size: z.number(), sha256: z.string() }));

/** Lists the fonts that are deployed with the service. scripts/assets.ts writes the index. */
export async function bundledFonts(env: Pick<InputBindings, "ASSETS">): Promise<Input[]> {
  const index = await new Response(await readAsset(env, "/vendor/fonts/index.json")).json();
  return indexSchema
    .parse(index)
    .map(({ name, path, size, sha256 }) => ({ name, size, sha256, from: { store: "assets", path } }));
}
