import { ServiceError, send } from "./api.ts";
import { getTask } from "./calls.ts";
import { readEvents } from "./read-events.ts";
import type { TaskData } from "./types.ts";

/** Whether a status says that there is no such task, or that its id is none. */
const isGone = (status: number): boolean => status === 404 || status === 400;

/** The wait before the connection is tried again, in milliseconds. */
const RETRY_MS = 1_500;

/**
 * Calls `onTask` with a task now and after each change, until it has ended: by server-sent events (HTML Standard, §9.2),
 * read with `fetch`, because an `EventSource` cannot send a key.
 *
 * @param onGone is called if there is no such task, or if it is deleted meanwhile.
 * @returns a function that ends this.
 */
export function followTask(id: string, onTask: (task: TaskData) => void, onGone: () => void): () => void {
  const stop = new AbortController();
  void (async () => {
    let ended = false;
    const take = (task: TaskData) => {
      ended = task.state !== 4;
      if (!stop.signal.aborted) onTask(task);
    };
    while (!ended && !stop.signal.aborted) {
      try {
        const response = await send(`/api/v1/tasks/${id}/events`, { signal: stop.signal });
        if (isGone(response.status)) return onGone();
        if (!response.ok || !response.body) throw new ServiceError(response.status, response.statusText);
        for await (const { event, data } of readEvents(response.body)) {
          if (event === "deleted") return onGone();
          if (event === "task") take(JSON.parse(data));
        }
        if (!ended) take(await getTask(id));
      } catch (error) {
        if (stop.signal.aborted) return;
        if (error instanceof ServiceError && isGone(error.status)) return onGone();
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  })();
  return () => stop.abort();
}
