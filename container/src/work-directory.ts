import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { preferFullCharacterMap } from "../../src/captions/fonts/character-map.ts";
import { inputFile, isCaptionFont, JOB_FILES } from "../../src/ffmpeg/job-files.ts";
import type { RenderJob } from "../../src/protocol/render-job.ts";

/** Creates a new working directory for each job. */
export class WorkDirectories {
  readonly #folder: string;

  /** Deletes everything in `folder`, which may have files of a crashed process. */
  constructor(folder: string) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }

  /** Runs `work` in a new directory and deletes the directory afterwards, even if `work` fails. */
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

/** Puts a job's input files and captions into its working directory, with the names of {@link JOB_FILES}. */
export async function layOutFiles(directory: string, job: RenderJob, paths: readonly string[]): Promise<void> {
  const captions = job.kind === "segment" ? job.captions : null;
  if (captions) {
    await mkdir(join(directory, JOB_FILES.fonts));
    await writeFile(join(directory, JOB_FILES.captions), captions.ass);
  }
  await Promise.all(
    paths.map(async (path, index) => {
      const file = join(directory, inputFile(job, index));
      if (!isCaptionFont(job, index)) return link(path, file);
      const font = await readFile(path);
      return preferFullCharacterMap(font) ? writeFile(file, font) : link(path, file);
    }),
  );
}
