import { getTask } from "../scripts/client.ts";
import { createNarrated, uploadSamples } from "../test/e2e/support/samples.ts";
import { percentile, timed, withService } from "./service.ts";

/** Measures `GET /api/v1/tasks/{id}` during a render of the wasm renderer, and on an idle service. */
export async function bench(): Promise<void> {
  await withService(async ({ origin }) => {
    await uploadSamples(origin);
    const id = await createNarrated(origin);
    const busy: number[] = [];
    while ((await getTask(origin, id)).state === 4) {
      busy.push(await timed(() => getTask(origin, id)));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const idle: number[] = [];
    for (let index = 0; index < 200; index++) idle.push(await timed(() => getTask(origin, id)));
    const report = (name: string, samples: number[]) =>
      console.log(
        `${name}: p50 ${percentile(samples, 0.5).toFixed(1)} ms, p95 ${percentile(samples, 0.95).toFixed(1)} ms (${samples.length} calls)`,
      );
    report("GET task while a wasm render runs", busy);
    report("GET task when nothing runs", idle);
    const p95 = percentile(busy, 0.95);
    console.log(
      `p95 during a render is ${(p95 / percentile(idle, 0.95)).toFixed(1)} times the idle p95; target: less than 100 ms`,
    );
    if (p95 >= 100) process.exitCode = 1;
  });
}
