import { serveFile } from "../../../src/delivery/serve-file.ts";
import { respondToError } from "../../../src/http/response/error-response.ts";

/** The response that a route sends for `serveFile`, also if it throws. */
export function servedFile(...[file, request]: Parameters<typeof serveFile>): Promise<Response | null> {
  return serveFile(file, request).catch(respondToError);
}
