import type { VideoRequest } from "../../api/video-request.ts";
import { noTask } from "../view/viewed-task.ts";
import { type CreatedTask, type CreateTaskBindings, createTask, type TaskCreator } from "./create-task.ts";

/**
 * The request of a task, for making another one from it.
 *
 * @throws CodedError `not_found` for a task that the owner does not have.
 */
export async function requestOf({ TASKS }: CreateTaskBindings, id: string, owner: string): Promise<VideoRequest> {
  const request = await TASKS.getByName(id).request(owner);
  if (!request) throw noTask(id);
  return request;
}

/**
 * Creates a task from the request of another one, with some fields changed. Uploaded files are those that have the
 * names now.
 *
 * @param changes fields of a request for videos.
 * @throws CodedError `not_found` for a task that the owner does not have; otherwise as {@link createTask}.
 */
export async function remakeTask(
  env: CreateTaskBindings,
  id: string,
  changes: Readonly<Record<string, unknown>>,
  creator: TaskCreator,
): Promise<CreatedTask> {
  const request = await requestOf(env, id, creator.owner);
  return createTask(env, { ...request, ...changes }, creator);
}
