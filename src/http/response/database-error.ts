/** D1 did not say what a request needs to know; nothing was made. */
export class DatabaseUnavailableError extends Error {
  override name = "DatabaseUnavailableError";
}

/**
 * Whether what was thrown is D1's, such as while it is overloaded, restarts or cannot be reached
 * (D1, "Error list"): another try may do. Not where a statement breaks a rule of the schema, which is a fault of ours.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailableError) return true;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.startsWith("D1_")) return !cause.message.includes("SQLITE_CONSTRAINT");
  }
  return false;
}
