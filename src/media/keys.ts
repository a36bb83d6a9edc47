/** Names of objects in R2. Everything of a task is below its prefix, so that a delete can find it. */
export const keys = {
  task: (taskId: string) => `tasks/${taskId}/`,
  output: (taskId: string, file: string) => `tasks/${taskId}/${file}`,
  part: (taskId: string, hash: string) => `tasks/${taskId}/segments/${hash}.mp4`,
  upload: (collection: string, id: string, name: string) => `${collection}/${id}/${name}`,
};

/** The files of a task that are served, by their public names. */
export const outputNames = {
  final: (video: number) => `final-${video}.mp4`,
  combined: (video: number) => `combined-${video}.mp4`,
  playlist: (video: number) => `final-${video}.m3u8`,
};

const PUBLIC_FILE = /^(?:final|combined)-([1-9]\d{0,3})\.mp4$/;

/**
 * Whose file a name is, from 1, when it is one that tasks publish. Everything else below a task's
 * prefix is internal.
 */
export function publicFile(name: string): { video: number } | null {
  const video = PUBLIC_FILE.exec(name)?.[1];
  return video === undefined ? null : { video: Number(video) };
}
