import { z } from "zod";

/** An error in the form of OpenAI's API. */
export const openaiErrorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable().meta({ description: "The field that is wrong." }),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: "OpenAIError" });
export type OpenAIError = z.infer<typeof openaiErrorSchema>;

/** The fields of `/v1/videos` that a request field of this service comes from. */
const PARAMS: Readonly<Record<string, string>> = {
  video_subject: "prompt",
  video_script: "prompt",
  video_script_prompt: "prompt",
  video_duration: "seconds",
  video_size: "size",
  video_materials: "input_reference",
  file: "input_reference",
};

/**
 * The body of an error response.
 *
 * @param status the HTTP status.
 * @param code the error's code in this service; null for errors without one.
 */
export function errorBody(status: number, message: string, code: string | null): OpenAIError {
  const [start = "", field = ""] = /^([a-z_]+)(?:\[\d+\]|\.[a-z_]+)*: /.exec(message) ?? [];
  const param = PARAMS[field] ?? field;
  const named = param === field ? message : `${param}: ${message.slice(start.length)}`;
  return { error: { message: named, type: typeOf(status), param: param || null, code } };
}

function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}
