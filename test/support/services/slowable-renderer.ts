import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** The path that sets how many milliseconds later each rendered file arrives: `/slow?ms=500`. */
const CONTROL = "/slow";

/**
 * Starts a server on loopback that passes everything on to a render server. Tests of what happens while a video is being
 * rendered can make it slow, so that a fast machine does not finish before they look.
 *
 * @param target the render server's origin.
 */
export async function startSlowableRenderer(target: string): Promise<{ url: string; close(): Promise<void> }> {
  let delay = 0;
  const server = createServer({ keepAliveTimeout: 75_000 }, async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", target);
    if (url.pathname === CONTROL) {
      delay = Number(url.searchParams.get("ms"));
      outgoing.end();
      return;
    }
    const forwarded = request(url, { method: incoming.method, headers: incoming.headers });
    outgoing.on("close", () => forwarded.destroy());
    forwarded.on("error", () => outgoing.destroy());
    forwarded.on("response", async (response) => {
      if (incoming.method === "POST") await sleep(delay);
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
      response.on("error", () => outgoing.destroy());
    });
    incoming.pipe(forwarded);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Delays each rendered file by this time; 0 for no delay. */
export async function delayRenderer(url: string, milliseconds: number): Promise<void> {
  await fetch(`${url}${CONTROL}?ms=${milliseconds}`);
}
