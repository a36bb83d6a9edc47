import type { ServerFailure } from "../../src/protocol/render-server.ts";

/** An error that is answered with a failure of the render server's protocol. */
export class FailureError extends Error {
  override name = "FailureError";
  readonly failure: ServerFailure;

  constructor(failure: ServerFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** A `busy` failure: slots, queue or cache are full, or the server is shutting down. The client should retry soon. */
export function busy(message: string): FailureError {
  return new FailureError({ ok: false, code: "busy", message });
}
