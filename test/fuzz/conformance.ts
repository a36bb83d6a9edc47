import { z } from "zod";
import type { FuzzRequest } from "./requests.ts";
import { inlined, type Schema } from "./schema-arbitraries.ts";

/** Internal details that no response may contain: locations in code, and the platform's own error messages. */
const INTERNAL_DETAILS = /\.(?:ts|js|mjs):\d+|node_modules|\/tmp\/|SQLITE_|D1_ERROR|Error: |cloudflare:|workerd/;

const schemas = new WeakMap<object, z.ZodType>();

/**
 * Checks a response against the OpenAPI document.
 *
 * @param all the document's schemas, by name.
 * @returns what is wrong with the response; null if it conforms.
 */
export async function faultOf(
  { operation }: FuzzRequest,
  response: Response,
  all: Readonly<Record<string, Schema>>,
): Promise<string | null> {
  const { status, headers } = response;
  const type = (headers.get("content-type") ?? "").split(";")[0]?.trim() ?? "";
  if (type !== "application/json") {
    // Check only the status and headers of files and event streams. A stream may never end.
    response.body?.cancel().catch(() => {});
  }
  if (status >= 500 && !(status === 503 && operation?.responses[503])) return `answered ${status}`;
  if (headers.get("x-content-type-options") !== "nosniff") return "lacks the header X-Content-Type-Options: nosniff";
  const text = type === "application/json" ? await response.text() : "";
  if (INTERNAL_DETAILS.test(text)) return `contains internal details: ${text.slice(0, 300)}`;
  const answer = operation?.responses[status];
  if (operation && !answer) return `answered ${status}, which is not documented: ${text.slice(0, 300)}`;
  if (type !== "application/json") {
    const types = Object.keys(answer?.content ?? {});
    const known = types.length === 0 || types.includes(type) || types.includes("video/mp4");
    return known ? null : `has the type ${type}, expected ${types.join(" or ")}`;
  }
  return bodyFault(status, text, answer?.content?.["application/json"]?.schema, all);
}

function bodyFault(
  status: number,
  text: string,
  schema: Schema | undefined,
  all: Readonly<Record<string, Schema>>,
): string | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return `is not JSON: ${text.slice(0, 300)}`;
  }
  const hasEnvelope = !isOpenAiBody(body) && (body as { openapi?: string }).openapi === undefined;
  if (hasEnvelope && (body as { status?: unknown } | null)?.status !== status) {
    return `has a status in its body that is not ${status}: ${text.slice(0, 300)}`;
  }
  if (!schema) return null;
  let compiled = schemas.get(schema);
  if (!compiled) {
    compiled = z.fromJSONSchema(inlined(schema, all) as Parameters<typeof z.fromJSONSchema>[0]);
    schemas.set(schema, compiled);
  }
  const parsed = compiled.safeParse(body);
  return parsed.success
    ? null
    : `has a body that is not as documented: ${z.prettifyError(parsed.error)}: ${text.slice(0, 500)}`;
}

/** Whether a body has the form of OpenAI's API, which has no envelope. Its schema is checked like any other. */
function isOpenAiBody(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  const error = (body as { error?: { type?: unknown } }).error;
  return "object" in body || ("error" in body && typeof error?.type === "string");
}
