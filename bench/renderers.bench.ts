import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeInputs, ratio, report, throughService } from "./render-work.ts";

/** Measures how much faster a task is with two renderers than with one. Each renderer has one slot. */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-renderers-"));
  try {
    await makeInputs(folder);
    const one = await throughService(folder, 1, "1");
    const two = await throughService(folder, 2, "1");
    report("one renderer with one slot", one);
    report("two renderers with one slot each", two);
    ratio("wall, one renderer to two", one.wall / two.wall, "at least 1.7", (value) => value >= 1.7);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
