import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { FakeVendor, ProviderAnswer } from "./vendor.ts";

/** How a fake provider can fail. A vendor has other ways of its own, which its file lists: `odd`. */
export const generalFaults = [
  ...["400", "401", "402", "403", "404", "429", "500", "503"],
  // A 401 whose message contains the key.
  "echo_refusal",
  // A good answer whose texts and links contain the key.
  "echo",
  // Answers with status 200 that are no answers.
  ...["garbage", "html", "wrong_json", "half", "huge"],
  // The answer comes late, or never, or its body never comes.
  ...["slow", "hang", "hang_body"],
  // The connection breaks off before there is an answer.
  "down",
  "redirect",
] as const;

/** Whether a fault sends something complete that is no answer at all, which nobody pays for. */
export function isNoAnswer(how: string): boolean {
  return ["garbage", "html", "wrong_json", "huge"].includes(how);
}

export interface Fault {
  /** One of {@link generalFaults}, or a vendor's own way. */
  how: string;
  /** The number of requests that it concerns; null for all. */
  times: number | null;
  /** It concerns only requests whose query or body contains this text; null for all requests. */
  containing: string | null;
  /** The value of `Retry-After` of a refusal. */
  retryAfter: string | null;
  /** How late `slow` answers. */
  milliseconds: number;
}

/** Sends an answer, or what a fault makes of it. */
export async function send(
  response: ServerResponse,
  vendor: FakeVendor,
  good: ProviderAnswer,
  fault: Fault | null,
): Promise<void> {
  const how = fault?.how ?? "";
  if (/^\d{3}$/.test(how) || how === "echo_refusal") {
    const status = how === "echo_refusal" ? 401 : Number(how);
    const message =
      how === "echo_refusal" ? `Incorrect API key provided: ${vendor.key}` : `status ${status} on request`;
    const headers = fault?.retryAfter ? { "retry-after": fault.retryAfter } : {};
    return write(response, { status, body: vendor.refusal(status, message), headers });
  }
  switch (how) {
    case "echo":
      return write(response, {
        ...good,
        body: isJson(good.body) ? (echoed(good.body, vendor.key) as object) : good.body,
      });
    case "garbage":
      return write(response, { status: 200, body: Uint8Array.from(randomBytes(500)), mediaType: "application/json" });
    case "html":
      return write(response, {
        status: 200,
        body: "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>",
        mediaType: "text/html",
      });
    case "wrong_json":
      return write(response, { status: 200, body: { ok: true, result: [1, 2, 3] } });
    case "huge":
      return write(response, { status: 200, body: Buffer.alloc(30 * 1024 * 1024, " "), mediaType: "application/json" });
    case "redirect":
      return write(response, { status: 302, body: "", headers: { location: "https://example.com/" } });
    case "slow":
      await sleep(fault?.milliseconds ?? 1000);
      return write(response, good);
    case "hang":
      return;
    case "down":
      response.destroy();
      return;
    case "hang_body": {
      const bytes = bytesOf(good.body);
      response.writeHead(200, { "content-type": "application/json", "content-length": bytes.length });
      response.write(bytes.subarray(0, bytes.length >> 1));
      return;
    }
    case "half": {
      const bytes = bytesOf(good.body);
      response.writeHead(200, { "content-type": "application/json", "content-length": bytes.length });
      response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
      return;
    }
    default:
      return write(response, good);
  }
}

function write(response: ServerResponse, { status, body, mediaType, headers }: ProviderAnswer): void {
  const bytes = bytesOf(body);
  const type = mediaType ?? (isJson(body) ? "application/json" : "text/plain");
  response.writeHead(status, { "content-type": type, "content-length": bytes.length, ...headers }).end(bytes);
}

function bytesOf(body: ProviderAnswer["body"]): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

function isJson(body: ProviderAnswer["body"]): body is object {
  return typeof body === "object" && !(body instanceof Uint8Array);
}

/** Puts the key into all texts of an answer, except long ones, which are files, and single characters. */
function echoed(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((item) => echoed(item, key));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, echoed(item, key)]));
  }
  if (typeof value !== "string" || value.length < 2 || value.length > 1000) return value;
  if (/^https?:/.test(value)) return `${value}?key=${key}`;
  return value.includes(" ") ? value.replace(" ", ` ${key} `) : value;
}
