import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { CodedError } from "../../api/errors.ts";
import { readConfig } from "../../config/config.ts";
import type { AppEnv } from "../app-env.ts";

/** The query parameters of calls with a JSON body. */
export const strictQuery = z.object({
  strict: z.enum(["true", "false"]).optional().openapi({
    description:
      "Whether unknown fields are errors. `false` ignores them, and `warnings` lists them. Default: the setting `STRICT_FIELDS`.",
  }),
});

/**
 * Whether unknown fields of the request are errors.
 *
 * @throws CodedError `invalid_request` if the query parameter `strict` has another value than true or false.
 */
export function strictFields(context: Context<AppEnv>): boolean {
  const given = context.req.query("strict")?.toLowerCase();
  if (given === undefined || given === "") return readConfig(context.env).STRICT_FIELDS === "on";
  if (given === "true" || given === "1") return true;
  if (given === "false" || given === "0") return false;
  throw new CodedError("invalid_request", "strict: must be true or false");
}
