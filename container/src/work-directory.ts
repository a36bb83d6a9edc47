import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inputFile, JOB_FILES } from "../../src/ffmpeg/job-files.ts";
import type { RenderJob } from "../../src/protocol/render-job.ts";

/** The folder that jobs get a fresh working directory each in. */
export class WorkDirectories {
  readonly #folder: string;

  /** Removes what a process that crashed left behind. */
  constructor(folder: string) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }

  /** Runs `work` in a fresh directory that is gone afterwards, however it ends. */
  async use<T>(work: (directory: string) => Promise<T>): Promise<T> {
    const directory = join(this.#folder, randomUUID());
    await mkdir(directory, { mode: 0o700 });
    try {
      return await work(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
}

/** Lays a job's files out as {@link JOB_FILES}. */
export async function layOut(directory: string, job: RenderJob, paths: readonly string[]): Promise<void> {
  const captions = job.kind === "segment" ? job.captions : null;
  if (captions) {
    await mkdir(join(directory, JOB_FILES.fonts));
    await writeFile(join(directory, JOB_FILES.captions), captions.ass);
  }
  await Promise.all(
    paths.map((path, index) => {
      return link(path, join(directory, inputFile(job, index)));
    }),
  );
}
