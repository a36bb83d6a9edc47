/** A request that may not be made. The message is shown to the caller, and never says whose something is. */
export class AccessError extends Error {
  override name = "AccessError";
  /** 401: who asks is not known; 403: may not; 400: says two things; 503: the service is not set up yet. */
  readonly status: 400 | 401 | 403 | 503;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: AccessError["status"], message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/**
 * A 401 with the challenge of RFC 6750 §3.
 *
 * @param presented whether there was a key, which is a wrong one then.
 */
export function unauthorized(message: string, presented: boolean): AccessError {
  const challenge = `Bearer realm="edgereel"${presented ? ', error="invalid_token"' : ""}`;
  return new AccessError(401, message, { "www-authenticate": challenge });
}
