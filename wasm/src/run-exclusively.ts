/** The interval of heartbeats, and of checks for heartbeats. */
const HEARTBEAT_MILLISECONDS = 25;
/** After this many checks without a heartbeat, the first request in the queue counts as dead. */
const MAX_SILENT_CHECKS = 80;

interface QueuedRequest {
  /** Counts up while the request is alive, because a request's timers end with it. */
  heartbeats: number;
}

/** The running request, followed by the waiting requests in the order of their arrival. */
const queue: QueuedRequest[] = [];

/**
 * Runs only one `work` at a time in this isolate, in the order of the calls.
 *
 * If a caller disconnects, the runtime ends its request without running even a `finally` block. A chain of promises
 * would then wait forever. Therefore every waiting request checks whether the first request is still alive.
 *
 * @throws whatever `work` throws.
 */
export async function runExclusively<T>(work: () => Promise<T>): Promise<T> {
  const request: QueuedRequest = { heartbeats: 0 };
  queue.push(request);
  const timer = setInterval(() => request.heartbeats++, HEARTBEAT_MILLISECONDS);
  try {
    await untilFirst(request);
    return await work();
  } finally {
    clearInterval(timer);
    remove(request);
  }
}

async function untilFirst(request: QueuedRequest): Promise<void> {
  let seen: QueuedRequest | undefined;
  let heartbeats = 0;
  let silentChecks = 0;
  for (;;) {
    // Another request may have removed this one by mistake; then queue it again.
    if (!queue.includes(request)) queue.push(request);
    const first = queue[0];
    if (!first || first === request) return;
    if (first !== seen || first.heartbeats !== heartbeats) {
      seen = first;
      heartbeats = first.heartbeats;
      silentChecks = 0;
    } else if (++silentChecks > MAX_SILENT_CHECKS) remove(first);
    else await scheduler.wait(HEARTBEAT_MILLISECONDS);
  }
}

function remove(request: QueuedRequest): void {
  const index = queue.indexOf(request);
  if (index >= 0) queue.splice(index, 1);
}
