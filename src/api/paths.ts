/** Where the API serves the files of tasks. Each prefix is followed by the task's id and the file's name. */
export const taskFilePrefixes = {
  /** The address in a task's data, playable in a browser. */
  tasks: "/tasks",
  /** MoneyPrinterTurbo's address for playing, also of HLS playlists and media segments. */
  stream: "/api/v1/stream",
  /** MoneyPrinterTurbo's address for saving: the file comes as an attachment. */
  download: "/api/v1/download",
} as const;

const PREFIX = Object.values(taskFilePrefixes).join("|");
const TASK_FILE = new RegExp(`^(?:${PREFIX})/(.+)$`);

/** The part of a path after the prefix, `{task_id}/{file}`; null if the path is not that of a task's file. */
export function taskFileOf(path: string): string | null {
  return TASK_FILE.exec(path)?.[1] ?? null;
}
