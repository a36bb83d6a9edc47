import { CodedError } from "../api/errors.ts";
import type { Input } from "../protocol/task-jobs.ts";

/** The bindings for reading inputs: R2 for uploaded files, and the static files of the deployment. */
export interface InputBindings {
  MEDIA: R2Bucket;
  ASSETS: Fetcher;
}

/**
 * Opens an input file for reading.
 *
 * @throws CodedError `input_missing` if the file no longer exists.
 */
export async function openInput(env: InputBindings, input: Input): Promise<ReadableStream<Uint8Array>> {
  switch (input.from.store) {
    case "r2": {
      const object = await env.MEDIA.get(input.from.key);
      if (!object) throw new CodedError("input_missing", `the uploaded file ${input.name} is no longer stored`);
      return object.body;
    }
    case "assets":
      return readAsset(env, input.from.path);
  }
}

/**
 * Opens a static file that is deployed with the service.
 *
 * @throws CodedError `internal_error` if the deployment has no such file.
 */
export async function readAsset(env: Pick<InputBindings, "ASSETS">, path: string): Promise<ReadableStream<Uint8Array>> {
  const response = await env.ASSETS.fetch(`https://assets.invalid${path}`);
  if (!response.ok || !response.body) throw new CodedError("internal_error", `the built-in file ${path} is missing`);
  return response.body;
}
