import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on this machine that holds files for others to fetch. */
export interface FileHost {
  origin: string;
  /** `host:port`, as OUTBOUND_ALLOW takes it. */
  host: string;
  /** Paths with their queries, as they were asked for. */
  asked: string[];
  close(): Promise<void>;
}

/** Starts one, on loopback. */
export async function startFileHost(
  serve: (path: string, response: ServerResponse, before: number) => void,
): Promise<FileHost> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const before = asked.filter((earlier) => earlier === path).length;
    asked.push(path);
    serve(path, response, before);
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
