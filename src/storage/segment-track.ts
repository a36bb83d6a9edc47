import type { InputVideoTrack } from "mediabunny";
import { CodedError } from "../api/errors.ts";

/**
 * The video track of a rendered segment that an output shows. A segment has a clean track first, and after it
 * one with captions if any are seen.
 *
 * @param segment names the segment in messages.
 * @throws CodedError `join_failed` for a segment without a video track.
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
