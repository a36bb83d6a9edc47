/** A request that cannot be granted. Thrown anywhere below a route; the message is shown to the caller. */
export class RequestError extends Error {
  override name = "RequestError";
  readonly status: 400 | 404 | 409 | 413 | 414 | 415 | 431;

  constructor(status: RequestError["status"], message: string) {
    super(message);
    this.status = status;
  }
}
