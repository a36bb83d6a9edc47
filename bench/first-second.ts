import { create, download, getTask } from "../scripts/client.ts";

/** Milliseconds from the request until the first second of its video could be played, and until the task had ended. */
export interface FirstSecond {
  first: number;
  total: number;
}

/** Creates a task, and measures when its first second can be played and when it ends. Calls `onStage` on each change. */
export async function timeToFirstSecond(
  origin: string,
  request: object,
  onStage: (stage: string, milliseconds: number) => void = () => {},
): Promise<FirstSecond> {
  const start = performance.now();
  const id = await create(origin, request);
  let first = 0;
  let stage = "";
  for (;;) {
    const task = await getTask(origin, id);
    if (task.stage !== stage) onStage(task.stage, performance.now() - start);
    stage = task.stage;
    if (first === 0 && task.streams[0]) {
      const below = task.streams[0].replace(/\.m3u8$/, "/plan-0");
      for (const segment of ["video/init.mp4", "video/0.m4s", "audio/init.mp4", "audio/0.m4s"]) {
        await download(`${below}/${segment}`);
      }
      first = performance.now() - start;
    }
    if (task.state === -1) throw new Error(task.error);
    if (task.state === 1) return { first, total: performance.now() - start };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Prints the result, and fails the benchmark if the share is larger than the target. */
export function reportFirstSecond(what: string, { first, total }: FirstSecond, target: number): void {
  const share = first / total;
  console.log(
    `${what} was available after ${(first / 1000).toFixed(1)} s, ${(100 * share).toFixed(1)} % of the time for the whole ` +
      `task (${(total / 1000).toFixed(1)} s); target: at most ${100 * target} %`,
  );
  if (share > target) process.exitCode = 1;
}
