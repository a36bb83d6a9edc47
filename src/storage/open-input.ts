import type { Env } from "../env.ts";
import type { Input } from "../protocol/task-jobs.ts";

/** An input file is missing. */
export class InputMissingError extends Error {
  override name = "InputMissingError";
}

/**
 * Opens an input file for reading.
 *
 * @throws InputMissingError if the file no longer exists.
 */
export async function openInput(env: Env, input: Input): Promise<ReadableStream<Uint8Array>> {
  switch (input.from.store) {
    case "r2": {
      const object = await env.MEDIA.get(input.from.key);
      if (!object) throw new InputMissingError(`the uploaded file ${input.name} is no longer stored`);
      return object.body;
    }
    case "assets":
      return readAsset(env, input.from.path);
  }
}

/**
 * Opens a static file that is deployed with the service.
 *
 * @throws InputMissingError if the deployment has no such file.
 */
export async function readAsset(env: Env, path: string): Promise<ReadableStream<Uint8Array>> {
  const response = await env.ASSETS.fetch(`https://assets.invalid${path}`);
  if (!response.ok || !response.body) throw new InputMissingError(`the built-in file ${path} is missing`);
  return response.body;
}
