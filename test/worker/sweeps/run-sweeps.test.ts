import { beforeEach, expect, test } from "vitest";
import { bindings } from "../support/bindings.ts";
import { clearStorage } from "../support/database.ts";
import { findings, runSweeps } from "../support/sweeps.ts";

const { MEDIA } = bindings;

beforeEach(async () => {
  await clearStorage();
});

test("a failed sweep is counted and does not stop the other sweeps", async () => {
  await MEDIA.put("musics/0/a.mp3", "x");
  const list = async (options: R2ListOptions) => {
    if (options.prefix === "tasks/") throw new Error("R2 is away");
    return MEDIA.list(options);
  };
  const lines = await runSweeps({
    MEDIA: { list, delete: (keys: string[]) => MEDIA.delete(keys) },
    SWEEP_GRACE_SECONDS: "0",
  });
  expect(Object.keys(lines)).not.toContain("task_objects");
  expect(lines.uploads).toMatchObject({ object_without_row: 1 });
  expect(await findings()).toEqual({ "task_objects:failed": 1, "uploads:object_without_row": 1 });
});
