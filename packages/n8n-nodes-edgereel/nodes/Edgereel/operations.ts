import { randomUUID } from "node:crypto";
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from "n8n-workflow";
import { jsonParse, NodeOperationError } from "n8n-workflow";
import { send, sendJson, waitForTask } from "./request.ts";

/** Does one operation for one item, and returns its results. */
export type Operation = (context: IExecuteFunctions, itemIndex: number) => Promise<INodeExecutionData[]>;

/** All operations, by resource and name. */
export const operations: Record<string, Record<string, Operation>> = {
  video: {
    create,
    get: async (context, index) => [{ json: await sendJson(context, index, { path: taskPath(context, index) }) }],
    getAll: listTasks,
    wait: async (context, index) => [{ json: await waitForTask(context, index, taskId(context, index)) }],
    cancel: (context, index) => steer(context, index, "POST", "/cancel"),
    retry: (context, index) => steer(context, index, "POST", "/retry"),
    delete: (context, index) => steer(context, index, "DELETE", ""),
    download,
  },
  file: { upload, getAll: listFiles },
};

function taskId(context: IExecuteFunctions, index: number): string {
  return context.getNodeParameter("taskId", index) as string;
}

function taskPath(context: IExecuteFunctions, index: number): string {
  return `/api/v1/tasks/${encodeURIComponent(taskId(context, index))}`;
}

async function create(context: IExecuteFunctions, index: number): Promise<INodeExecutionData[]> {
  const text = (name: string) => context.getNodeParameter(name, index, "") as string;
  const { other = "{}", ...fields } = context.getNodeParameter("additionalFields", index, {}) as IDataObject;
  const clips = (context.getNodeParameter("clips", index, []) as string[]).filter((clip) => clip.trim() !== "");
  const body: IDataObject = { ...fields, ...objectOf(context, index, other) };
  if (text("subject") !== "") body.video_subject = text("subject");
  if (text("script") !== "") body.video_script = text("script");
  if (clips.length > 0) body.video_materials = clips.map((url) => ({ url: url.trim() }));
  const headers = { "idempotency-key": randomUUID() };
  const created = await sendJson(context, index, { method: "POST", path: "/api/v1/videos", body, headers });
  const wait = context.getNodeParameter("wait", index) as boolean;
  return [{ json: wait ? await waitForTask(context, index, String(created.task_id)) : created }];
}

function objectOf(context: IExecuteFunctions, itemIndex: number, value: unknown): IDataObject {
  const parsed: unknown = typeof value === "string" ? jsonParse(value) : value;
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) {
    throw new NodeOperationError(context.getNode(), "Other Fields must be a JSON object", { itemIndex });
  }
  return parsed as IDataObject;
}

async function steer(
  context: IExecuteFunctions,
  index: number,
  method: "POST" | "DELETE",
  action: string,
): Promise<INodeExecutionData[]> {
  await sendJson(context, index, { method, path: taskPath(context, index) + action });
  const id = taskId(context, index);
  return [{ json: method === "DELETE" ? { deleted: true, task_id: id } : { task_id: id } }];
}

async function listTasks(context: IExecuteFunctions, index: number): Promise<INodeExecutionData[]> {
  const all = context.getNodeParameter("returnAll", index) as boolean;
  const limit = all ? Number.POSITIVE_INFINITY : (context.getNodeParameter("limit", index) as number);
  const state = context.getNodeParameter("state", index, "") as string;
  const found: IDataObject[] = [];
  let cursor: string | null | undefined;
  while (found.length < limit && cursor !== null) {
    const qs: IDataObject = { page_size: Math.min(100, limit - found.length) };
    if (state !== "") qs.state = state;
    if (cursor !== undefined) qs.cursor = cursor;
    const page = await sendJson(context, index, { path: "/api/v1/tasks", qs });
    found.push(...(page.tasks as IDataObject[]));
    cursor = page.next_cursor as string | null;
  }
  return found.map((json) => ({ json }));
}

async function download(context: IExecuteFunctions, index: number): Promise<INodeExecutionData[]> {
  const file = context.getNodeParameter("file", index) as string;
  const property = context.getNodeParameter("binaryProperty", index) as string;
  const path = `/api/v1/download/${encodeURIComponent(taskId(context, index))}/${encodeURIComponent(file)}`;
  const { body, headers } = await send(context, index, { path, encoding: "stream" });
  const type = headers["content-type"];
  const binary = await context.helpers.prepareBinaryData(
    body as unknown as Parameters<typeof context.helpers.prepareBinaryData>[0],
    file,
    typeof type === "string" ? type : undefined,
  );
  return [{ json: { task_id: taskId(context, index), file }, binary: { [property]: binary } }];
}

async function upload(context: IExecuteFunctions, index: number): Promise<INodeExecutionData[]> {
  const collection = context.getNodeParameter("collection", index) as string;
  const property = context.getNodeParameter("binaryProperty", index) as string;
  const data = context.helpers.assertBinaryData(index, property);
  const name = (context.getNodeParameter("fileName", index, "") as string) || data.fileName;
  if (name === undefined || name === "") {
    const message = "File Name is empty, and the binary data has no name";
    throw new NodeOperationError(context.getNode(), message, { itemIndex: index });
  }
  const bytes = await context.helpers.getBinaryDataBuffer(index, property);
  const request =
    collection === "video_materials"
      ? {
          method: "PUT" as const,
          path: `/api/v1/video_materials/${encodeURIComponent(name)}`,
          body: bytes,
          headers: { "content-type": "application/octet-stream" },
        }
      : { method: "POST" as const, path: `/api/v1/${collection}`, ...formWith(name, bytes) };
  const { body } = await send(context, index, { json: false, ...request });
  const answer = (typeof body === "string" ? jsonParse(body) : body) as IDataObject;
  return [{ json: answer.data as IDataObject }];
}

/** A multipart form with one file. Its name is percent-encoded, so that it may have any characters. */
function formWith(name: string, bytes: Buffer): { body: Buffer; headers: Record<string, string> } {
  const boundary = `edgereel-${randomUUID()}`;
  const head = [
    `--${boundary}`,
    `content-disposition: form-data; name="file"; filename="file"; filename*=UTF-8''${encodeURIComponent(name)}`,
    "content-type: application/octet-stream",
    "\r\n",
  ].join("\r\n");
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { body, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } };
}

async function listFiles(context: IExecuteFunctions, index: number): Promise<INodeExecutionData[]> {
  const collection = context.getNodeParameter("collection", index) as string;
  const { files } = await sendJson(context, index, { path: `/api/v1/${collection}` });
  return (files as IDataObject[]).map((json) => ({ json }));
}
