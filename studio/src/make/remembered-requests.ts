const STORED = "edgereel-requests";
/** Max requests that are kept for "make again with changes". */
const MAX_REMEMBERED = 200;

type Requests = Record<string, Record<string, unknown>>;

function stored(storage: Pick<Storage, "getItem">): Requests {
  try {
    const value: unknown = JSON.parse(storage.getItem(STORED) ?? "{}");
    return typeof value === "object" && value ? (value as Requests) : {};
  } catch {
    return {};
  }
}

/** Keeps the request that made a task in this browser. The earliest ones are forgotten. */
export function rememberRequest(storage: Storage, task: string, request: Record<string, unknown>): void {
  const entries = [...Object.entries(stored(storage)), [task, request] as const].slice(-MAX_REMEMBERED);
  try {
    storage.setItem(STORED, JSON.stringify(Object.fromEntries(entries)));
  } catch {}
}

/** The request that made a task; null if this browser did not send it. */
export function rememberedRequest(storage: Storage, task: string): Record<string, unknown> | null {
  return stored(storage)[task] ?? null;
}
