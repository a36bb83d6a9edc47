import { env, exports } from "cloudflare:workers";
import type { Env } from "../../../src/env.ts";
import type { Envelope } from "../../../src/http/response/envelope.ts";

/** The bindings of the Worker under test. */
export const bindings = env as unknown as Env;

/** A response of the API: the fields of its envelope, and its headers. */
export interface Answer<T> extends Envelope<T> {
  headers: Headers;
}

/** Sends a request to the API. */
export function request(path: string, init?: RequestInit): Promise<Response> {
  return exports.default.fetch(new Request(`http://edgereel.test${path}`, { redirect: "manual", ...init }));
}

/** Sends a request and reads the envelope. Throws if the envelope's status differs from the HTTP status. */
export async function call<T = unknown>(path: string, init?: RequestInit): Promise<Answer<T>> {
  const response = await request(path, init);
  const envelope = (await response.json()) as Envelope<T>;
  if (envelope.status !== response.status) throw new Error(`${path}: ${response.status} says ${envelope.status}`);
  return { ...envelope, headers: response.headers };
}

/** Sends a JSON body with POST. */
export function post<T = unknown>(path: string, body: unknown): Promise<Answer<T>> {
  return call<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** `size` bytes that depend on their position, so that a wrong range is noticed. */
export function pattern(size: number, from = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index++) {
    const at = from + index;
    bytes[index] = (at ^ (at >>> 8) ^ (at >>> 16)) & 0xff;
  }
  return bytes;
}
