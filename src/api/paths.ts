/** The paths at which the API serves the files of tasks. The task's id and the file's name follow the prefix. */
export const taskFilePrefixes = {
  /** For the URLs in a task's data. Browsers play the file. */
  tasks: "/tasks",
  /** MoneyPrinterTurbo's path for playing. Also serves HLS playlists and media segments. */
  stream: "/api/v1/stream",
  /** MoneyPrinterTurbo's path for saving. The file is sent as an attachment. */
  download: "/api/v1/download",
} as const;

const PREFIX = Object.values(taskFilePrefixes).join("|");
const TASK_FILE = new RegExp(`^(?:${PREFIX})/(.+)$`);

/** Returns the part of a path after the prefix, `{task_id}/{file}`; null if the path has none of the prefixes. */
export function taskFileOf(path: string): string | null {
  return TASK_FILE.exec(path)?.[1] ?? null;
}
