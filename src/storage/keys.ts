/** R2 keys. All objects of a task share its prefix, so deleting the task can find them. */
export const keys = {
  tasks: "tasks/",
  task: (taskId: string) => `tasks/${taskId}/`,
  output: (taskId: string, file: string) => `tasks/${taskId}/${file}`,
  /** A rendered segment or soundtrack. The hash covers everything that decides its bytes. */
  rendered: (taskId: string, hash: string) => `tasks/${taskId}/segments/${hash}.mp4`,
  /** A file that was fetched from a URL for a task. Its properties are stored next to it. */
  input: (taskId: string, hash: string) => `tasks/${taskId}/inputs/${hash}`,
  /** What was authored for a task. The hash covers everything that the provider was asked. */
  authored: (taskId: string, hash: string) => `tasks/${taskId}/authored/${hash}`,
  /** A sentence that a voice speaks. */
  voiceSample: (hash: string) => `voices/${hash}`,
  /** The prefix of the bytes of an unfinished upload that do not fill a part yet. */
  uploadPieces: (id: string) => `uploads/${id}/`,
  upload: (collection: string, id: string, name: string) => `${collection}/${id}/${name}`,
};

/** The task id in a task's prefix, or null for any other text. */
export function taskOfPrefix(prefix: string): string | null {
  return /^tasks\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/$/.exec(prefix)?.[1] ?? null;
}

/** The id in an upload's key, or null for any other key. */
export function uploadIdOfKey(key: string): string | null {
  return /^[^/]+\/([^/]+)\/[^/]+$/.exec(key)?.[1] ?? null;
}

/** The public names of a task's files. Videos are numbered from 1. */
export const outputNames = {
  final: (video: number) => `final-${video}.mp4`,
  combined: (video: number) => `combined-${video}.mp4`,
  srt: (video: number) => `final-${video}.srt`,
  vtt: (video: number) => `final-${video}.vtt`,
  wordsVtt: (video: number) => `final-${video}.words.vtt`,
  wordsJson: (video: number) => `final-${video}.words.json`,
  ass: (video: number) => `final-${video}.ass`,
  poster: (video: number) => `final-${video}.jpg`,
  storyboardImage: (video: number) => `final-${video}-storyboard.jpg`,
  storyboardVtt: (video: number) => `final-${video}-storyboard.vtt`,
  /** The narration that was made for a task. */
  narration: () => "audio.wav",
  playlist: (video: number) => `final-${video}.m3u8`,
};

const PUBLIC_FILE_NAME =
  /^(?:audio\.wav|(?:final|combined)-[1-9]\d{0,3}\.mp4|final-[1-9]\d{0,3}\.(?:srt|vtt|words\.vtt|words\.json|ass|jpg)|final-[1-9]\d{0,3}-storyboard\.(?:jpg|vtt))$/;

/** True if a task publishes a file with this name. All other objects below a task's prefix are internal. */
export function isPublicFile(name: string): boolean {
  return PUBLIC_FILE_NAME.test(name);
}

/** True if an object of a task was fetched or authored for it, rather than rendered. */
export function isInputOf(taskId: string, key: string): boolean {
  const kept = [keys.input(taskId, ""), keys.authored(taskId, ""), keys.output(taskId, outputNames.narration())];
  return kept.some((prefix) => key.startsWith(prefix));
}

/** The number of the video that a published file belongs to, from 1. NaN if the name has no number. */
export function videoOfFile(name: string): number {
  return Number(/^[a-z]+-(\d+)/.exec(name)?.[1] ?? Number.NaN);
}
