import type { Env } from "../env.ts";
import type { Input } from "../protocol/task-jobs.ts";

/** An input that is no longer there. */
export class InputMissingError extends Error {
  override name = "InputMissingError";
}

/**
 * Opens an input's bytes.
 *
 * @throws InputMissingError
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
 * Opens a file that comes with the service.
 *
 * @throws InputMissingError
 */
export async function readAsset(env: Env, path: string): Promise<ReadableStream<Uint8Array>> {
  const response = await env.ASSETS.fetch(`https://assets.invalid${path}`);
  if (!response.ok || !response.body) throw new InputMissingError(`the service's own file ${path} is missing`);
  return response.body;
}
