import type { IDataObject, IExecuteFunctions, IHttpRequestOptions, IN8nHttpFullResponse } from "n8n-workflow";
import { NodeApiError, sleep } from "n8n-workflow";

/** Max attempts of one request. */
const MAX_ATTEMPTS = 4;
/** Longest wait for the next attempt that the service may ask for, in seconds. */
const MAX_RETRY_AFTER = 60;
/** Seconds that one request waits for a change of a task. */
const LONG_POLL = 25;

/**
 * Sends a request to the service. Sends it again if the service says when, and if the connection breaks and the request
 * can have its effect only once.
 *
 * @throws NodeApiError with the service's message for every answer that is not 2xx.
 */
export async function send(
  context: IExecuteFunctions,
  itemIndex: number,
  options: Omit<IHttpRequestOptions, "url"> & { path: string },
): Promise<IN8nHttpFullResponse> {
  const { path, ...rest } = options;
  const { url } = await context.getCredentials<{ url: string }>("edgereelApi", itemIndex);
  const method = options.method ?? "GET";
  const repeatable = method !== "POST" || options.headers?.["idempotency-key"] !== undefined;
  for (let attempt = 1; ; attempt++) {
    let response: IN8nHttpFullResponse;
    try {
      response = (await context.helpers.httpRequestWithAuthentication.call(context, "edgereelApi", {
        ...rest,
        url: url.replace(/\/+$/, "") + path,
        returnFullResponse: true,
        ignoreHttpStatusErrors: true,
      })) as IN8nHttpFullResponse;
    } catch (error) {
      // The stream of an upload cannot be sent again.
      if (attempt === MAX_ATTEMPTS || !repeatable || rest.body !== undefined) {
        throw new NodeApiError(context.getNode(), error as never, { itemIndex });
      }
      await sleep(500 * 2 ** attempt);
      continue;
    }
    const { statusCode, headers } = response;
    if (statusCode < 300) return response;
    const wait = Number(headers["retry-after"] ?? Number.NaN);
    if ((statusCode === 429 || statusCode === 503) && wait <= MAX_RETRY_AFTER && attempt < MAX_ATTEMPTS) {
      await sleep(wait * 1000);
      continue;
    }
    const message = await messageOf(response);
    throw new NodeApiError(context.getNode(), { message }, { itemIndex, message, httpCode: String(statusCode) });
  }
}

/** Sends a request and returns the `data` of its answer. */
export async function sendJson(
  context: IExecuteFunctions,
  itemIndex: number,
  options: Omit<IHttpRequestOptions, "url"> & { path: string },
): Promise<IDataObject> {
  const { body } = await send(context, itemIndex, { json: true, ...options });
  return ((body as IDataObject).data ?? {}) as IDataObject;
}

/** Waits until a task has succeeded, and returns it. */
export async function waitForTask(context: IExecuteFunctions, itemIndex: number, id: string): Promise<IDataObject> {
  const path = `/api/v1/tasks/${encodeURIComponent(id)}`;
  let query = "";
  for (;;) {
    context.getExecutionCancelSignal()?.throwIfAborted();
    const task = await sendJson(context, itemIndex, { path: path + query });
    if (task.state === 1) return task;
    if (task.state !== 4) {
      const failure = (task.failure ?? {}) as IDataObject;
      throw new NodeApiError(context.getNode(), { ...failure, task_id: id } as never, {
        itemIndex,
        message: `The task failed: ${String(task.error)}`,
        description: `${String(failure.code)} of task ${id}`,
      });
    }
    query = `?wait=${LONG_POLL}&since=${String(task.revision)}`;
  }
}

async function messageOf({ body, statusCode }: IN8nHttpFullResponse): Promise<string> {
  let content: unknown = body;
  // The answer to a download is a stream.
  if (content !== null && typeof content === "object" && Symbol.asyncIterator in content) {
    const chunks: Buffer[] = [];
    for await (const chunk of content as AsyncIterable<Buffer>) chunks.push(chunk);
    content = Buffer.concat(chunks).toString();
  }
  if (typeof content === "string") {
    try {
      content = JSON.parse(content);
    } catch {
      return `The service answered ${statusCode}`;
    }
  }
  const message = (content as IDataObject | null)?.message;
  return typeof message === "string" ? message : `The service answered ${statusCode}`;
}
