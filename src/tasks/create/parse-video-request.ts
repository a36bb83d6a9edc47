import { describeIssues } from "../../api/describe-issues.ts";
import { CodedError } from "../../api/errors.ts";
import { type VideoRequest, videoRequestSchema } from "../../api/video-request.ts";
import { checkColours } from "../../captions/caption-style.ts";

/**
 * Reads the body of a request for videos.
 *
 * @throws CodedError `invalid_request` naming every wrong field.
 */
export function parseVideoRequest(body: unknown): VideoRequest {
  const parsed = videoRequestSchema.safeParse(body);
  if (!parsed.success) throw new CodedError("invalid_request", describeIssues(parsed.error));
  checkColours(parsed.data);
  return parsed.data;
}
