import type { TaskData } from "../src/api/task.ts";

/** The envelope of every JSON response. */
export interface Answer<T> {
  status: number;
  message: string;
  data: T;
}

export type Task = TaskData;

/** Sends a request and reads the envelope. */
export async function call<T>(origin: string, path: string, init?: RequestInit): Promise<Answer<T>> {
  const response = await fetch(origin + path, init);
  return (await response.json()) as Answer<T>;
}

/** Uploads a file and returns the name by which a video request refers to it. */
export async function upload(
  origin: string,
  collection: "video_materials" | "musics" | "narrations" | "fonts" | "subtitles",
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const form = new FormData();
  form.append("file", new Blob([bytes]), name);
  const answer = await call<{ file: string }>(origin, `/api/v1/${collection}`, { method: "POST", body: form });
  if (answer.status !== 200) throw new Error(answer.message);
  return answer.data.file;
}

/** Creates a video task and returns its id. */
export async function create(origin: string, body: object): Promise<string> {
  const answer = await call<{ task_id: string }>(origin, "/api/v1/videos", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (answer.status !== 200) throw new Error(answer.message);
  return answer.data.task_id;
}

/** Gets the current state of a task. */
export async function getTask(origin: string, id: string): Promise<Task> {
  return (await call<Task>(origin, `/api/v1/tasks/${id}`)).data;
}

const POLL_MILLISECONDS = 250;

/** Polls a task until `until` returns true. Returns every state that was received. */
export async function watch(
  origin: string,
  id: string,
  until: (task: Task) => boolean = (task) => task.state !== 4,
  onTask: (task: Task) => void = () => {},
): Promise<Task[]> {
  const seen: Task[] = [];
  for (;;) {
    const task = await getTask(origin, id);
    onTask(task);
    seen.push(task);
    if (until(task)) return seen;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

/** Waits for the end of a task and returns the task. Throws an error with the task's failure if it did not succeed. */
export async function finish(origin: string, id: string, onTask?: (task: Task) => void): Promise<Task> {
  const last = (await watch(origin, id, undefined, onTask)).at(-1);
  if (last?.state !== 1) throw new Error(`the task failed: ${last?.failure?.code}: ${last?.error}`);
  return last;
}

/** Downloads a file. */
export async function download(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
