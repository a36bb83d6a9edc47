import fc from "fast-check";
import { faultOf } from "./conformance.ts";
import { type Document, type FuzzRequest, LIVE_TASK, requestsOf } from "./requests.ts";
import type { Hints } from "./schema-arbitraries.ts";

/** Options of {@link fuzzApi}. */
export interface Fuzzing {
  /** Sends a request to the service under test. */
  send(path: string, init: RequestInit): Promise<Response>;
  requests: number;
  seed: number;
  hints: Hints;
  /** A file that the service accepts as a clip. */
  upload: Uint8Array<ArrayBuffer>;
  /** Max number of parallel requests. 4 if not given. */
  atOnce?: number;
  onProgress?: (done: number) => void;
}

/** The result of {@link fuzzApi}. */
export interface FuzzReport {
  /** Number of responses by operation and status. */
  answers: Record<string, Record<number, number>>;
  faults: string[];
}

/** Max number of tasks that are kept. Older tasks are deleted, so that rendering does not slow down the test. */
const MOST_TASKS = 4;
/** Timeout of a request in milliseconds. A later response counts as a hang. */
const PATIENCE = 60_000;

/**
 * Sends valid and broken requests that are generated from the service's OpenAPI document. Each response must
 * conform to it: no 5xx, no timeout, no undocumented status or body. The same seed sends the same requests.
 */
export async function fuzzApi(fuzzing: Fuzzing): Promise<FuzzReport> {
  const { send, requests: numRuns, seed, hints, upload, atOnce = 4 } = fuzzing;
  const document = (await (await send("/openapi.json", {})).json()) as Document;
  const all = document.components?.schemas ?? {};
  const waiting = fc.sample(requestsOf(document, hints, upload), { numRuns, seed });
  const report: FuzzReport = { answers: {}, faults: [] };
  const tasks: string[] = [];
  let done = 0;

  const one = async (request: FuzzRequest) => {
    const path = request.path.replaceAll(LIVE_TASK, tasks.at(-1) ?? crypto.randomUUID());
    const { method, headers, body } = request;
    const told = `${method} ${path} ${JSON.stringify(headers)} ${shown(body)}`;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), PATIENCE);
    try {
      const response = await send(path, { method, headers, body, redirect: "manual", signal: controller.signal });
      const operation = request.operation?.name ?? "none";
      const counts = report.answers[operation] ?? {};
      report.answers[operation] = { ...counts, [response.status]: (counts[response.status] ?? 0) + 1 };
      if (operation === "POST /api/v1/videos" && response.ok) await keep(response.clone());
      const fault = await faultOf(request, response, all);
      if (fault !== null) report.faults.push(`${told}\n  ${fault}`);
    } catch (error) {
      report.faults.push(`${told}\n  ${controller.signal.aborted ? "was not answered" : whyNot(error)}`);
    } finally {
      clearTimeout(timer);
      fuzzing.onProgress?.(++done);
    }
  };
  const keep = async (response: Response) => {
    const { data } = (await response.json()) as { data: { task_id?: string } };
    if (data.task_id === undefined) return;
    tasks.push(data.task_id);
    while (tasks.length > MOST_TASKS) {
      const answer = await send(`/api/v1/tasks/${tasks.shift()}`, { method: "DELETE" });
      await answer.body?.cancel();
    }
  };
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await one(next);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  for (const id of tasks) await (await send(`/api/v1/tasks/${id}`, { method: "DELETE" })).body?.cancel();
  return report;
}

/** The error with its cause, because `fetch` puts the reason only into the cause. */
function whyNot(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? `${error} (${error.cause})` : String(error);
}

function shown(body: Uint8Array | null): string {
  return body === null ? "" : JSON.stringify(new TextDecoder().decode(body.slice(0, 1500)));
}
