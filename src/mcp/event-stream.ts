import { log, messageOf } from "../util/log.ts";

/** Max milliseconds of silence. Proxies may close a connection that is silent for longer. */
const HEARTBEAT_MS = 15_000;

/**
 * A response that streams messages as server-sent events, and ends when `run` does. Comments keep the connection open.
 *
 * @param disconnected aborts when the client closes the connection.
 * @param run gets a signal that also aborts when the client stops reading. What it throws then is ignored.
 */
export function eventStream(
  disconnected: AbortSignal,
  run: (send: (message: object) => void, signal: AbortSignal) => Promise<void>,
): Response {
  const stopped = new AbortController();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => {
        if (!stopped.signal.aborted) controller.enqueue(encoder.encode(text));
      };
      const heartbeat = setInterval(() => write(": waiting\n\n"), HEARTBEAT_MS);
      const send = (message: object) => write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
      // Not awaited: a stream whose start has not ended cannot be read.
      void run(send, AbortSignal.any([disconnected, stopped.signal]))
        .catch((error: unknown) => {
          if (!stopped.signal.aborted && !disconnected.aborted) log("mcp_stream_failed", { message: messageOf(error) });
        })
        .finally(() => {
          clearInterval(heartbeat);
          if (!stopped.signal.aborted) controller.close();
        });
    },
    cancel() {
      stopped.abort(new Error("the client no longer reads"));
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // So that proxies pass events on at once.
      "x-accel-buffering": "no",
    },
  });
}
