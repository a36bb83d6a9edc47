/** Names of objects in R2. Everything of a task is below its prefix, so that a delete can find it. */
export const keys = {
  tasks: "tasks/",
  task: (taskId: string) => `tasks/${taskId}/`,
  output: (taskId: string, file: string) => `tasks/${taskId}/${file}`,
  part: (taskId: string, hash: string) => `tasks/${taskId}/segments/${hash}.mp4`,
  /** A file that was fetched for a task; what is known of it lies beside. */
  input: (taskId: string, hash: string) => `tasks/${taskId}/inputs/${hash}`,
  upload: (collection: string, id: string, name: string) => `${collection}/${id}/${name}`,
};

/** The id of the task whose prefix this is; null where it is no task's. */
export function taskOfPrefix(prefix: string): string | null {
  return /^tasks\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/$/.exec(prefix)?.[1] ?? null;
}

/** The id in the key of an upload; null where there is none. */
export function uploadIdOfKey(key: string): string | null {
  return /^[^/]+\/([^/]+)\/[^/]+$/.exec(key)?.[1] ?? null;
}

/** The files of a task that are served, by their public names. */
export const outputNames = {
  final: (video: number) => `final-${video}.mp4`,
  combined: (video: number) => `combined-${video}.mp4`,
  srt: (video: number) => `final-${video}.srt`,
  vtt: (video: number) => `final-${video}.vtt`,
  poster: (video: number) => `final-${video}.jpg`,
  storyboardImage: (video: number) => `final-${video}-storyboard.jpg`,
  storyboardVtt: (video: number) => `final-${video}-storyboard.vtt`,
  playlist: (video: number) => `final-${video}.m3u8`,
};

const PUBLIC_FILE =
  /^(?:(?:final|combined)-[1-9]\d{0,3}\.mp4|final-[1-9]\d{0,3}\.(?:srt|vtt|jpg)|final-[1-9]\d{0,3}-storyboard\.(?:jpg|vtt))$/;

/** Whether a file name is one that tasks publish. Everything else below a task's prefix is internal. */
export function isPublicFile(name: string): boolean {
  return PUBLIC_FILE.test(name);
}

/** Which of a task's videos a published file belongs to, from 1. */
export function videoOfFile(name: string): number {
  return Number(/^[a-z]+-(\d+)/.exec(name)?.[1] ?? Number.NaN);
}
