import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A local HTTP server for files that the service fetches. */
export interface FileHost {
  origin: string;
  /** `host:port`, the form that OUTBOUND_ALLOW expects. */
  host: string;
  /** Requested paths with their queries, in order. */
  asked: string[];
  close(): Promise<void>;
}

/** Starts a file host on loopback. `before` is the number of earlier requests for the same path. */
export async function startFileHost(
  serve: (path: string, response: ServerResponse, before: number, headers: IncomingHttpHeaders) => void,
): Promise<FileHost> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const before = asked.filter((earlier) => earlier === path).length;
    asked.push(path);
    serve(path, response, before, request.headers);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${host}`,
    host,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
