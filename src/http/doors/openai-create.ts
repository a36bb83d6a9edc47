import { CodedError } from "../../api/errors.ts";
import type { Env } from "../../env.ts";
import { deleteFile, uploadFile } from "../../library/upload-file.ts";
import { promptFields } from "../../openai/prompt.ts";
import { readVideoFields, type VideoFields } from "../../openai/video-fields.ts";
import { MODEL } from "../../openai/video-object.ts";
import { createTask } from "../../tasks/create/create-task.ts";
import { remakeTask, requestOf } from "../../tasks/create/remake-task.ts";
import { viewedTask } from "../../tasks/view/viewed-task.ts";

/** Who makes a video through `/v1/videos`. */
interface Creator {
  env: Env;
  owner: string;
  origin: string;
}

/** The parts of a request to `POST /v1/videos`. */
interface Given {
  fields: Readonly<Record<string, unknown>>;
  files: ReadonlyMap<string, File>;
  /** Whether all fields came as text. */
  text: boolean;
}

const REFERENCE = "input_reference";

/** Creates a task from a request in OpenAI's form. A sent file is stored among the owner's materials. Returns the id. */
export async function createFromFields(creator: Creator, { fields, files, text }: Given): Promise<string> {
  const asked = readVideoFields(fields, text);
  for (const name of files.keys()) {
    if (name !== REFERENCE) throw new CodedError("invalid_request", `${name}: unknown field`);
  }
  const { env, owner } = creator;
  const file =
    files.get(REFERENCE) ?? (asked.reference?.startsWith("data:") ? fileOfDataUrl(asked.reference) : undefined);
  const stored = file ? await storeReference(creator, file) : null;
  try {
    return await create(creator, asked, stored ?? asked.reference);
  } catch (error) {
    if (stored !== null) await deleteFile(env, owner, "video_materials", stored);
    throw error;
  }
}

async function create(creator: Creator, asked: VideoFields, reference: string | null): Promise<string> {
  const { prompt, model, seconds, size, given } = asked;
  const length = seconds === null ? null : Number(seconds);
  const told = await promptFields(creator.env, { prompt, seconds: length, given });
  const body = {
    ...told,
    ...(length === null ? {} : { video_duration: length }),
    ...(size === null ? {} : { video_size: size }),
    ...(reference === null ? {} : { video_materials: [{ url: reference }], ...shotOf(length) }),
    ...given,
  };
  const videosApi = { prompt, model: model ?? MODEL, seconds, size, remixedFrom: null };
  return taskOf(createTask(creator.env, body, { ...creator, idempotencyKey: null, videosApi }));
}

/** A single picture or clip is shown in one piece, and not cut every few seconds. */
function shotOf(seconds: number | null): { video_clip_duration: number } {
  return { video_clip_duration: Math.max(seconds ?? 0, 60) };
}

/** Creates a task from another one's request, told with a new prompt. Returns the id. */
export async function remixTask(creator: Creator, id: string, prompt: string): Promise<string> {
  const { env, owner } = creator;
  const request = await requestOf(env, id, owner);
  const before = (await viewedTask(env, id, owner).get())?.videos_api;
  const seconds = before?.seconds ?? null;
  // The voice stays; everything that the old prompt became is replaced.
  const given = { voice_name: request.voice_name };
  const told = await promptFields(env, { prompt, seconds: seconds === null ? null : Number(seconds), given });
  const videosApi = { prompt, model: before?.model ?? MODEL, seconds, size: before?.size ?? null, remixedFrom: id };
  const changes = { ...told, idempotency_key: null };
  return taskOf(remakeTask(env, id, changes, { ...creator, idempotencyKey: null, videosApi }));
}

async function taskOf(creating: ReturnType<typeof createTask>): Promise<string> {
  const created = await creating;
  if (created.kind !== "task") throw new TypeError("a dry run was made of a request that cannot ask for one");
  return created.taskId;
}

/** Stores a sent file under a name of its own, so that it replaces none. Returns the name. */
async function storeReference({ env, owner }: Creator, file: File): Promise<string> {
  const name = file.name.replace(/^.*[/\\]/, "") || "reference";
  const extension = /\.[^.]+$/.exec(name)?.[0] ?? extensionOf(file.type);
  const unique = `${name.replace(/\.[^.]*$/, "").slice(0, 100)}-${crypto.randomUUID().slice(0, 8)}${extension}`;
  const { name: stored } = await uploadFile(env, {
    owner,
    collection: "video_materials",
    name: unique,
    body: file.stream(),
  });
  return stored;
}

/** A usual extension of a media type. The content decides what the file is. */
function extensionOf(type: string): string {
  const subtype = /^(?:image|video)\/([a-z0-9]+)/.exec(type)?.[1] ?? "jpg";
  return `.${subtype === "jpeg" ? "jpg" : subtype}`;
}

/** @throws CodedError `invalid_request` */
function fileOfDataUrl(url: string): File {
  const [, type = "", data = ""] = /^data:((?:image|video)\/[a-z0-9.+-]+);base64,([A-Za-z0-9+/=]+)$/.exec(url) ?? [];
  try {
    if (data === "") throw new TypeError("no data");
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    return new File([bytes], "reference", { type });
  } catch {
    throw new CodedError("invalid_request", `${REFERENCE}: is not a data URL of a picture or clip in Base64`);
  }
}
