/**
 * Whether an error is D1's own, as while it is overloaded, restarts or cannot be reached (D1, "Error list"):
 * another try may succeed. A statement that violates the schema is our fault and does not count.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.startsWith("D1_")) return !cause.message.includes("SQLITE_CONSTRAINT");
  }
  return false;
}
