import { randomInt } from "node:crypto";
import getPort, { portNumbers } from "get-port";

/**
 * A free port for a server that starts later: below those that systems give to outgoing connections
 * (from 32768 on Linux, from 49152 by RFC 6335), one of which could take it meanwhile.
 */
export function freePort(): Promise<number> {
  const first = randomInt(10_000, 30_000);
  return getPort({ port: portNumbers(first, first + 1_000) });
}
