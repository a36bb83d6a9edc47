import { serveFile } from "../../../src/delivery/serve-file.ts";
import { respondToError } from "../../../src/http/response/error-response.ts";

/** The response of `serveFile`, as a route would send it: also for what it throws. */
export function servedFile(...[file, request]: Parameters<typeof serveFile>): Promise<Response | null> {
  return serveFile(file, request).catch(respondToError);
}
