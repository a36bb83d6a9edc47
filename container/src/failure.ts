import type { ServerFailure } from "../../src/protocol/render-server.ts";

/** Ends a request with a failure of the protocol. */
export class FailureError extends Error {
  override name = "FailureError";
  readonly failure: ServerFailure;

  constructor(failure: ServerFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** Slots, queue or cache are full, or the server is ending: the same request may succeed soon. */
export function busy(message: string): FailureError {
  return new FailureError({ ok: false, code: "busy", message });
}
