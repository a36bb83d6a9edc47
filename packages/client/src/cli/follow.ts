import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Edgereel } from "../edgereel.ts";
import type { Task } from "../types.ts";
import type { CommandContext, GlobalOptions } from "./context.ts";
import { describeTask, progressOn } from "./progress.ts";

/** Waits for the end of a task and shows its progress. Throws the task's error if it did not succeed. */
export async function follow(
  client: Edgereel,
  id: string,
  context: CommandContext,
  options: GlobalOptions,
): Promise<Task> {
  const progress = progressOn(context, options);
  try {
    return await client.waitFor(id, {
      signal: context.signal,
      onProgress: (task) => progress.show(task.progress / 100, describeTask(task)),
    });
  } catch (error) {
    if (context.signal.aborted) {
      progress.end();
      context.stderr.write(`The task goes on. Follow it with: edgereel watch ${id}\n`);
    }
    throw error;
  } finally {
    progress.end();
  }
}

/** The names of a task's finished videos, such as `final-1.mp4`. */
export function videoFiles(task: Task): string[] {
  return task.videos.map((url) => new URL(url).pathname.split("/").at(-1) ?? "");
}

/**
 * Saves a file of a task. The file appears under its name when it is complete.
 *
 * @param path `-` for standard output.
 */
export async function save(
  client: Edgereel,
  task: Task | string,
  file: string,
  path: string,
  { stdout, signal }: CommandContext,
): Promise<void> {
  const { body } = await client.download(task, file, { signal });
  if (!body) throw new Error(`${file}: the answer is empty`);
  const bytes = Readable.fromWeb(body as import("node:stream/web").ReadableStream);
  if (path === "-") return pipeline(bytes, stdout, { end: false, signal });
  const partial = `${path}.part`;
  try {
    await pipeline(bytes, createWriteStream(partial), { signal });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
