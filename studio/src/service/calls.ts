import { call, post, readEnvelope, ServiceError, send } from "./api.ts";
import type { Abilities, FieldSchema, StockFootage, StoredFile, SubtitlePreset, TaskData, Voice } from "./types.ts";

/** The kinds of uploaded files, as the API's paths name them. */
export type Collection = "video_materials" | "musics" | "narrations" | "fonts" | "subtitles";

export const createVideo = (request: object, key: string) =>
  post<{ task_id: string }>("/api/v1/videos", request, { "idempotency-key": key });
export const getTask = (id: string) => call<TaskData>(`/api/v1/tasks/${id}`);
export const cancelTask = (id: string) => call<TaskData>(`/api/v1/tasks/${id}/cancel`, { method: "POST" });
export const retryTask = (id: string) => call<TaskData>(`/api/v1/tasks/${id}/retry`, { method: "POST" });
export const deleteTask = (id: string) => call<unknown>(`/api/v1/tasks/${id}`, { method: "DELETE" });
export const deleteFile = (collection: Collection, name: string) =>
  call<unknown>(`/api/v1/${collection}/${encodeURIComponent(name)}`, { method: "DELETE" });

export interface TaskPage {
  tasks: TaskData[];
  total: number;
  next_cursor: string | null;
}

/** A page of tasks, newest first. */
export function listTasks(options: { state: string; search: string; cursor: string | null }): Promise<TaskPage> {
  const query = new URLSearchParams({ page_size: "50" });
  if (options.state !== "") query.set("state", options.state);
  if (options.search !== "") query.set("search", options.search);
  if (options.cursor) query.set("cursor", options.cursor);
  return call<TaskPage>(`/api/v1/tasks?${query}`);
}

export const listFiles = async (collection: Collection) =>
  (await call<{ files: StoredFile[] }>(`/api/v1/${collection}`)).files;
export const listVoices = async () => (await call<{ voices: Voice[] }>("/api/v1/voices")).voices;
export const getAbilities = () => call<Abilities>("/api/v1/abilities");
export const listPresets = async () => (await call<{ presets: SubtitlePreset[] }>("/api/v1/subtitle-presets")).presets;
/** Clips of stock providers for a video of this shape. */
export const searchFootage = (query: string, aspect: string) =>
  call<{ footage: StockFootage[]; warnings: { message: string }[] }>(
    `/api/v1/footage?${new URLSearchParams({ query, aspect })}`,
  );
/** A short video of captions in the look that a request describes. */
export async function previewCaptions(request: object, signal: AbortSignal): Promise<Blob> {
  const response = await send("/api/v1/caption-previews", {
    ...{ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request), signal },
  });
  if (response.ok) return response.blob();
  throw new ServiceError(response.status, readEnvelope(await response.text())?.message ?? response.statusText);
}
export const writeScript = async (request: object) =>
  (await post<{ video_script: string }>("/api/v1/scripts", request)).video_script;

/** The fields of `POST /api/v1/videos` with their schemas. */
export async function videoFields(): Promise<Record<string, FieldSchema>> {
  const response = await fetch("/openapi.json");
  const document = (await response.json()) as {
    components: { schemas: Record<string, { properties?: Record<string, FieldSchema> }> };
  };
  return document.components.schemas.VideoRequest?.properties ?? {};
}
