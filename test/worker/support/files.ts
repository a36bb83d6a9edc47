import { runInDurableObject } from "cloudflare:test";
import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import { keys } from "../../../src/storage/keys.ts";
import type { TaskObject } from "../../../src/tasks/object/task-object.ts";
import { bindings } from "./bindings.ts";
import { withQueues } from "./tasks.ts";

/** Creates a task of `videos` videos that is never planned or rendered. */
export async function makeTask(videos = 1, owner = DEFAULT_OWNER): Promise<string> {
  const id = crypto.randomUUID();
  const media = {
    input: { name: "a.mp4", sha256: "0", size: 1, from: { store: "r2" as const, key: "video_materials/none" } },
    probe: { kind: "video" as const, format: "mp4", duration: 5, video: null, audio: null },
  };
  const { videoRequestSchema } = await import("../../../src/api/video-request.ts");
  const request = videoRequestSchema.parse({ video_materials: [{ url: "a.mp4" }], video_count: videos });
  const task: DurableObjectStub<TaskObject> = bindings.TASKS.getByName(id);
  // The queues are replaced, so that nothing runs the task.
  await runInDurableObject(task, async (object) => {
    Object.assign(object, { env: withQueues(() => ({ send: async () => undefined })) });
  });
  const none = {
    narration: null,
    music: null,
    font: null,
    subtitles: null,
    timings: null,
    authoring: null,
    origin: "",
  };
  await task.create(id, { request, materials: [media], ...none }, null, { owner, quota: null });
  return id;
}

/** Puts a finished file of a task in storage. */
export async function putFile(taskId: string, file: string, bytes: Uint8Array): Promise<void> {
  await bindings.MEDIA.put(keys.output(taskId, file), bytes, { httpMetadata: { contentType: "video/mp4" } });
}
