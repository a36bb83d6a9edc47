import { CodedError } from "../api/errors.ts";

/** A request that its sender may not make. The message never says whose something is. */
export class AccessError extends CodedError {
  override name = "AccessError";
}

/**
 * An `unauthenticated` error with the challenge of RFC 6750 §3.
 *
 * @param presented true if an invalid key was sent.
 */
export function unauthenticated(message: string, presented: boolean): AccessError {
  const challenge = `Bearer realm="edgereel"${presented ? ', error="invalid_token"' : ""}`;
  return new AccessError("unauthenticated", message, { headers: { "www-authenticate": challenge } });
}
