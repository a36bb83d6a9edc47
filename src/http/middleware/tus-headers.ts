import type { MiddlewareHandler } from "hono";
import { CodedError } from "../../api/errors.ts";
import { readConfig } from "../../config/config.ts";
import { checksumAlgorithms } from "../../library/resumable/upload-calls.ts";
import type { AppEnv } from "../app-env.ts";

/** The path of resumable uploads. Below it, each upload has a path of its own. */
export const RESUMABLE_UPLOADS_PATH = "/api/v1/uploads";

/** The version of the tus protocol (https://tus.io/protocols/resumable-upload). */
const TUS_VERSION = "1.0.0";
const TUS_EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination";

/** Adds the protocol's version to all responses, and to the response to OPTIONS what the service supports. */
export const tusHeaders: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  const { headers } = context.res;
  headers.set("tus-resumable", TUS_VERSION);
  headers.set("cache-control", "no-store");
  if (context.req.method !== "OPTIONS") return;
  headers.set("tus-version", TUS_VERSION);
  headers.set("tus-extension", TUS_EXTENSIONS);
  headers.set("tus-checksum-algorithm", checksumAlgorithms.join(","));
  headers.set("tus-max-size", String(readConfig(context.env).UPLOAD_MAX_BYTES));
};

/**
 * Checks the protocol's version in a request. GET needs none: it is for people and other clients.
 *
 * @throws CodedError `precondition_failed` for another version, or none.
 */
export const checkTusVersion: MiddlewareHandler<AppEnv> = (context, next) => {
  const { method } = context.req;
  const version = context.req.header("tus-resumable");
  const optional = method === "GET" || method === "HEAD";
  if (version === TUS_VERSION || (optional && version === undefined)) return next();
  const given = version === undefined ? "is missing" : `${JSON.stringify(version)} is not supported`;
  throw new CodedError("precondition_failed", `Tus-Resumable: ${given}; send Tus-Resumable: ${TUS_VERSION}`, {
    headers: { "tus-version": TUS_VERSION },
  });
};
