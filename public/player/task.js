// The task that the page /watch/{task_id} shows.

/** @typedef {import("./status.js").Task} Task */

const taskId = document.body.dataset.task ?? "";
/** The query string for API requests: the signature of the page's link, or empty. */
const signature = document.body.dataset.link ?? "";

/** The number of the video to play, from 1. */
export const videoNumber = Math.max(1, Number(new URLSearchParams(location.search).get("video") ?? 1) || 1);

/** @returns {Promise<Task | "missing" | "forbidden" | null>} null if the request failed and should be retried. */
export async function readTask() {
  try {
    const response = await fetch(`/api/v1/tasks/${taskId}${signature}`, { cache: "no-store" });
    if (response.status === 404) return "missing";
    if (response.status === 401 || response.status === 403) return "forbidden";
    return response.ok ? (await response.json()).data : null;
  } catch {
    return null;
  }
}

/**
 * True if a URL refers to a file. Ignores the URL's query, which may have a signature.
 *
 * @param {string} address
 * @param {string} file
 */
export function isFile(address, file) {
  return new URL(address, location.href).pathname.endsWith(`/${file}`);
}
