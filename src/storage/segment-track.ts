import type { InputVideoTrack } from "mediabunny";
import { CodedError } from "../api/errors.ts";

/**
 * Chooses the video track of a rendered segment: the first one has no captions, the last one has captions if the
 * segment has any.
 *
 * @param segment description of the segment for error messages.
 * @throws CodedError `join_failed` if the segment has no video track.
 */
export function chooseTrack(
  tracks: readonly InputVideoTrack[],
  wanted: "clean" | "captioned",
  segment: string,
): InputVideoTrack {
  const track = wanted === "clean" ? tracks[0] : tracks.at(-1);
  if (!track) throw new CodedError("join_failed", `${segment} has no video track`);
  return track;
}
