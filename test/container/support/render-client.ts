import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { RenderJob } from "../../../src/protocol/render-job.ts";
import {
  FAILURE_STATUS,
  type Health,
  healthSchema,
  RENDER_SERVER_PATHS,
  type RenderRequest,
  type ServerFailure,
  serverFailureSchema,
} from "../../../src/protocol/render-server.ts";

/** A client of a render server on any host. */
export class RenderClient {
  readonly origin: string;
  readonly #headers: Record<string, string>;

  constructor(origin: string, token?: string) {
    this.origin = origin;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.origin + path, { ...init, headers: { ...this.#headers, ...init.headers } });
  }

  async health(): Promise<Health> {
    return healthSchema.parse(await (await fetch(this.origin + RENDER_SERVER_PATHS.health)).json());
  }

  /** Stores an input and returns its SHA-256. */
  async put(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const hash = sha256(bytes);
    const answer = await this.fetch(RENDER_SERVER_PATHS.input(hash), { method: "PUT", body: bytes });
    expect(answer.status).toBe(204);
    return hash;
  }

  render(
    job: RenderJob,
    hashes: string[],
    limits: Partial<RenderRequest["limits"]> = {},
    init: RequestInit = {},
  ): Promise<Response> {
    const inputs = hashes.map((hash) => ({ sha256: hash }));
    const request: RenderRequest = { job, inputs, limits: { seconds: 30, outputBytes: 2 ** 26, ...limits } };
    return this.fetch(RENDER_SERVER_PATHS.render, { method: "POST", body: JSON.stringify(request), ...init });
  }

  probe(hash: string): Promise<Response> {
    return this.fetch(RENDER_SERVER_PATHS.probe, { method: "POST", body: JSON.stringify({ input: { sha256: hash } }) });
  }
}

/** SHA-256 in lower-case hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Checks that a response is a failure with the given code and its status, and returns the failure. */
export async function failure(
  answer: Response,
  code: ServerFailure["code"],
): Promise<{ message: string; log: string; missing: string[] }> {
  const body = serverFailureSchema.parse(await answer.json());
  expect(body).toMatchObject({ ok: false, code });
  expect(answer.status).toBe(FAILURE_STATUS[code]);
  return { log: "", missing: [], ...body };
}
