import { CodedError } from "../api/errors.ts";

/** The client may not make this request, or the service cannot check that. The message never names an owner. */
export class AccessError extends CodedError {
  override name = "AccessError";
}

/**
 * An `unauthenticated` error with the `WWW-Authenticate` header of RFC 6750 §3.
 *
 * @param presented true if an invalid key was sent.
 */
export function unauthenticated(message: string, presented: boolean): AccessError {
  const challenge = `Bearer realm="edgereel"${presented ? ', error="invalid_token"' : ""}`;
  return new AccessError("unauthenticated", message, { headers: { "www-authenticate": challenge } });
}
