import { randomInt } from "node:crypto";
import getPort, { portNumbers } from "get-port";

/**
 * Returns a free port for a server that starts later. The port is below the range for outgoing connections (from 32768
 * on Linux, from 49152 in RFC 6335), so that no outgoing connection can take it before the server starts.
 */
export function freePort(): Promise<number> {
  const first = randomInt(10_000, 30_000);
  return getPort({ port: portNumbers(first, first + 1_000) });
}
