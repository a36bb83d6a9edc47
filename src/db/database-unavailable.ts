/**
 * Whether D1 failed by itself: it is overloaded, restarts or cannot be reached (D1 documentation, "Error list"). A retry
 * may succeed then. A statement that violates a constraint is a bug of this service and does not count.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.startsWith("D1_")) return !cause.message.includes("SQLITE_CONSTRAINT");
  }
  return false;
}
