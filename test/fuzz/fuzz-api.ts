import fc from "fast-check";
import { faultOf } from "./conformance.ts";
import { type Document, type FuzzRequest, LIVE_TASK, requestsOf } from "./requests.ts";
import type { Hints } from "./schema-arbitraries.ts";

/** Options of {@link fuzzApi}. */
export interface Fuzzing {
  /** Sends a request to the service under test. */
  send(path: string, init: RequestInit): Promise<Response>;
  /** Number of requests. */
  requests: number;
  seed: number;
  hints: Hints;
  /** A file that the service accepts as a clip. */
  upload: Uint8Array<ArrayBuffer>;
  /** Max requests in parallel. */
  maxParallel?: number;
  onProgress?: (done: number) => void;
}

/** The result of {@link fuzzApi}. */
export interface FuzzReport {
  /** The number of responses, by operation and status. */
  answers: Record<string, Record<number, number>>;
  /** One text for each response that did not conform to the document. */
  faults: string[];
}

/** Max tasks that are kept. Older ones are deleted, so that rendering does not slow down the test. */
const MAX_LIVE_TASKS = 4;
/** A request without a response after this time counts as hanging. */
const RESPONSE_TIMEOUT_MS = 60_000;

/**
 * Generates valid and invalid requests from the service's own OpenAPI document, and checks that each response conforms
 * to it: no 5xx, no timeout, no undocumented status or body. The same seed generates the same requests.
 */
export async function fuzzApi(fuzzing: Fuzzing): Promise<FuzzReport> {
  const { send, requests: numRuns, seed, hints, upload, maxParallel = 4 } = fuzzing;
  const document = (await (await send("/openapi.json", {})).json()) as Document;
  const all = document.components?.schemas ?? {};
  const waiting = fc.sample(requestsOf(document, hints, upload), { numRuns, seed });
  const report: FuzzReport = { answers: {}, faults: [] };
  const tasks: string[] = [];
  let done = 0;

  const check = async (request: FuzzRequest) => {
    const path = request.path.replaceAll(LIVE_TASK, tasks.at(-1) ?? crypto.randomUUID());
    const { method, headers, body } = request;
    const described = `${method} ${path} ${JSON.stringify(headers)} ${shown(body)}`;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), RESPONSE_TIMEOUT_MS);
    try {
      const response = await send(path, { method, headers, body, redirect: "manual", signal: controller.signal });
      const operation = request.operation?.name ?? "none";
      const counts = report.answers[operation] ?? {};
      report.answers[operation] = { ...counts, [response.status]: (counts[response.status] ?? 0) + 1 };
      if (operation === "POST /api/v1/videos" && response.ok) await noteTask(response.clone());
      const fault = await faultOf(request, response, all);
      if (fault !== null) report.faults.push(`${described}\n  ${fault}`);
    } catch (error) {
      report.faults.push(`${described}\n  ${controller.signal.aborted ? "got no response in time" : causeOf(error)}`);
    } finally {
      clearTimeout(timer);
      fuzzing.onProgress?.(++done);
    }
  };
  const noteTask = async (response: Response) => {
    const { data } = (await response.json()) as { data: { task_id?: string } };
    if (data.task_id === undefined) return;
    tasks.push(data.task_id);
    while (tasks.length > MAX_LIVE_TASKS) {
      const answer = await send(`/api/v1/tasks/${tasks.shift()}`, { method: "DELETE" });
      await answer.body?.cancel();
    }
  };
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await check(next);
  };
  await Promise.all(Array.from({ length: maxParallel }, work));
  for (const id of tasks) await (await send(`/api/v1/tasks/${id}`, { method: "DELETE" })).body?.cancel();
  return report;
}

/** The error as text, with its cause: `fetch` gives the reason of a failure only in the cause. */
function causeOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? `${error} (${error.cause})` : String(error);
}

function shown(body: Uint8Array | null): string {
  return body === null ? "" : JSON.stringify(new TextDecoder().decode(body.slice(0, 1500)));
}
