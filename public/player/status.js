// What the page /watch/{task_id} says about a task, in words for viewers. Pure functions.

/**
 * @typedef {object} Task The fields of a task that this page reads.
 * @property {4 | 1 | -1} state
 * @property {number} progress
 * @property {string} [stage]
 * @property {number | null} [queue_position]
 * @property {number | null} [eta_seconds]
 * @property {string} [video_subject]
 * @property {number | null} [width]
 * @property {number | null} [height]
 * @property {number[]} [durations] Duration of each video in seconds.
 * @property {string[]} [videos]
 * @property {string[]} [combined_videos]
 * @property {string[]} [streams]
 * @property {string[]} [posters]
 * @property {{ video: number, vtt: string }[]} [storyboards]
 * @property {{ video: number, vtt: string }[]} [subtitles]
 * @property {{ total: number, finished: number }} [segments]
 * @property {string} [error]
 * @property {{ code: string, message: string, retryable: boolean }} [failure]
 */

/** @typedef {{ message: string, percent: number | null }} Status `percent` is null if nothing is in progress. */

/** The words for failures that viewers can understand. Any other failure is the service's. */
const FAILURES = {
  input_unreachable: "A file that this video needs could not be downloaded.",
  input_refused: "A link of this video does not lead to a file that can be used.",
  input_missing: "A file that this video needs was deleted.",
  material_missing: "A file that this video needs was not found.",
  bad_input: "A file that this video needs is damaged or cannot be read.",
  unsupported_file: "A file that this video needs has a format that is not supported.",
  renderer_limit: "This video would be too long or too large.",
  cancelled: "This video was cancelled before it was finished.",
};

/**
 * Why a video was not made, in words for viewers.
 *
 * @param {Task} task
 * @returns {string}
 */
export function failureText(task) {
  const code = task.failure?.code ?? "";
  const known = Object.hasOwn(FAILURES, code) ? FAILURES[/** @type {keyof typeof FAILURES} */ (code)] : undefined;
  if (known) return known;
  const again = task.failure?.retryable ? " Whoever made it can try again." : "";
  return `Something went wrong while this video was being made.${again}`;
}

/**
 * What is happening to an unfinished video.
 *
 * @param {Task} task
 * @param {"nothing" | "part" | "whole"} playable how much of this video can be watched.
 * @returns {Status}
 */
export function statusOf(task, playable) {
  if (task.state !== 4) return { message: "", percent: null };
  if (playable === "whole") {
    const others = (task.durations?.length ?? 1) > 1;
    const message = others
      ? `You can watch the whole video. Other videos of this task are still being rendered: ${task.progress} %.`
      : "You can watch the whole video. The file for the download is nearly ready.";
    return { message, percent: task.progress };
  }
  const watch = playable === "part" ? " You can already watch the first part." : "";
  if (task.stage === "queued") {
    const before = (task.queue_position ?? 1) - 1;
    return { message: `Waiting to start${before > 0 ? `: ${before} before this one` : ""} …`, percent: task.progress };
  }
  if (task.stage === "planning") return { message: "Preparing the video …", percent: task.progress };
  const left = task.eta_seconds ? `, ${timeLeft(task.eta_seconds)} left` : "";
  return { message: `Rendering: ${task.progress} %${left}.${watch}`, percent: task.progress };
}

/**
 * A time for people, not more exact than an estimate is.
 *
 * @param {number} seconds
 */
export function timeLeft(seconds) {
  if (seconds < 10) return "a few seconds";
  if (seconds < 55) return `about ${Math.round(seconds / 10) * 10} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 2) return "about a minute";
  if (minutes < 90) return `about ${minutes} minutes`;
  return `about ${Math.round(minutes / 60)} hours`;
}

/**
 * The length of a video, as players show it: `0:07`, `12:34` or `1:02:03`.
 *
 * @param {number} seconds
 */
export function formatLength(seconds) {
  const whole = Math.floor(seconds);
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/**
 * The name under which a browser saves a video.
 *
 * @param {string} title
 * @param {number} video Number of the video, from 1.
 */
export function downloadName(title, video) {
  const name = title
    .replace(/[\p{Cc}\s\\/:*?"<>|]+/gu, " ")
    .trim()
    .slice(0, 100);
  return name === "" ? `final-${video}.mp4` : `${name}${video > 1 ? ` ${video}` : ""}.mp4`;
}
