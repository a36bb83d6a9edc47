import type { MiddlewareHandler } from "hono";
import { errorBody } from "../../openai/error-body.ts";
import type { AppEnv } from "../app-env.ts";
import { ERROR_CODE_HEADER } from "../response/envelope.ts";

/** Gives every error response of these paths the form of OpenAI's API, whichever middleware or route it comes from. */
export const openaiErrors: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  const { res: response } = context;
  if (response.status < 400 || !response.headers.get("content-type")?.startsWith("application/json")) return;
  const { message } = (await response.json()) as { message: string };
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  const body = errorBody(response.status, message, response.headers.get(ERROR_CODE_HEADER));
  // Without this, Hono adds the headers of the response before.
  context.res = undefined;
  context.res = Response.json(body, { status: response.status, headers });
};
