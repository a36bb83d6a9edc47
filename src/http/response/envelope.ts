import { z } from "@hono/zod-openapi";
import type { ZodError } from "zod";
import { AccessError } from "../../auth/access-error.ts";
import { QuotaError, quotaHeaders } from "../../auth/quota.ts";
import { FontError } from "../../captions/read-font-file.ts";
import { SubtitleFileError } from "../../captions/read-subtitle-file.ts";
import { ConfigError } from "../../config/config.ts";
import { FileNameError } from "../../library/file-names.ts";
import { RenderError } from "../../renderers/renderer.ts";
import { TooLargeError } from "../../storage/put-stream.ts";
import { PlanError } from "../../timeline/plan-timeline.ts";
import { log, messageOf } from "../../util/log.ts";
import { isDatabaseUnavailable } from "./database-error.ts";
import { RequestError } from "./request-error.ts";

/** Every JSON answer: the HTTP status again, `"success"` or what was wrong, and the data. */
export interface Envelope<T, S extends number = number, M extends string = string> {
  status: S;
  message: M;
  data: T;
}

/** The envelope of an answer that worked. */
export function success<T>(data: T): Envelope<T, 200, "success"> {
  return { status: 200, message: "success", data };
}

/** The OpenAPI form of {@link success}. */
export function successSchema<T extends z.ZodType>(data: T) {
  return z.object({ status: z.literal(200), message: z.literal("success"), data });
}

/** The OpenAPI form of an answer that did not work. */
export const errorSchema = z.object({ status: z.number().int(), message: z.string(), data: z.null() }).openapi("Error");

/** Builds an answer that did not work. */
export function errorResponse(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  data: unknown = null,
): Response {
  const body: Envelope<unknown> = { status, message, data };
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}

/** The one place where what was thrown becomes an answer. Says nothing of faults of ours but that there was one. */
export function answerError(error: unknown): Response {
  if (error instanceof RequestError) return errorResponse(error.status, error.message);
  if (error instanceof AccessError) return errorResponse(error.status, error.message, error.headers);
  if (error instanceof QuotaError) return errorResponse(429, error.message, quotaHeaders(error));
  if (error instanceof PlanError) return errorResponse(400, `${error.code}: ${error.message}`);
  if (error instanceof FileNameError) return errorResponse(400, `file: ${error.message}`);
  if (error instanceof FontError || error instanceof SubtitleFileError) {
    return errorResponse(415, `file: ${error.message}`);
  }
  if (error instanceof TooLargeError) return errorResponse(413, `file: ${error.message}`);
  if (error instanceof RenderError) {
    if (error.code === "bad_input") return errorResponse(415, `file: ${error.message}`);
    log("render_unavailable", { code: error.code, message: error.message });
    return errorResponse(503, `the renderer could not look at the file (${error.code}); try again`, {
      "retry-after": "5",
    });
  }
  if (isDatabaseUnavailable(error)) {
    log("database_unavailable", { message: messageOf(error instanceof Error ? (error.cause ?? error) : error) });
    return errorResponse(503, "the database did not answer; try again", { "retry-after": "5" });
  }
  if (error instanceof ConfigError) {
    log("configuration", { message: error.message });
    return errorResponse(500, "the service's settings make no sense: its log names them");
  }
  log("request_failed", { message: messageOf(error), stack: error instanceof Error ? (error.stack ?? "") : "" });
  return errorResponse(500, "internal error");
}

/** Most faults of one input that are told, and most characters of what is told: a request may hold thousands. */
const MOST_ISSUES = 20;
const MOST_CHARACTERS = 2000;

/** A text with what is beyond the length left out. */
export function shortened(text: string, length = 200): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}

/** What was wrong with an input, field by field, in one line; the first faults, where there are many. */
export function describeIssues(error: ZodError): string {
  const faults = error.issues
    .slice(0, MOST_ISSUES)
    .map((issue) => {
      const path = issue.path.reduce<string>(
        (text, step) =>
          typeof step === "number" ? `${text}[${step}]` : text ? `${text}.${String(step)}` : String(step),
        "",
      );
      if (issue.code === "unrecognized_keys") {
        const named = issue.keys.slice(0, MOST_ISSUES).map((key) => shortened(key, 100));
        return named.map((key) => `${path ? `${path}.` : ""}${key}: unknown field`).join("; ");
      }
      return path ? `${path}: ${issue.message}` : issue.message;
    })
    .join("; ");
  return shortened(faults, MOST_CHARACTERS);
}
