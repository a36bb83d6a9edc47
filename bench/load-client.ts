import { Agent, request } from "node:http";

/** An HTTP client that keeps its connections open, so that it adds little time to what it measures. */
export class LoadClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });

  /** Fetches a range or the whole file (`null`). Fails if the status is not 206 or 200. */
  get(url: string, range: { first: number; last: number } | null): Promise<Buffer> {
    const headers = range ? { range: `bytes=${range.first}-${range.last}` } : {};
    return new Promise((resolve, reject) => {
      const call = request(url, { agent: this.#agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          if (answer.statusCode === (range ? 206 : 200)) resolve(Buffer.concat(chunks));
          else reject(new Error(`${url}: ${answer.statusCode}`));
        });
      });
      call.on("error", reject);
      call.end();
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The durations of a run of requests, in milliseconds. */
export interface LoadResult {
  /** Duration of each request. */
  times: number[];
  /** Duration of the whole run. */
  total: number;
}

/** Runs `count` calls, at most `concurrency` in parallel. */
export async function load(count: number, concurrency: number, call: () => Promise<void>): Promise<LoadResult> {
  const times: number[] = [];
  let begun = 0;
  const start = performance.now();
  const worker = async () => {
    while (begun++ < count) {
      const at = performance.now();
      await call();
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { times, total: performance.now() - start };
}
