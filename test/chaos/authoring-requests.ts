/** The parts at which authored tasks may stop at the latest. */
export type AuthoringPart = "materials" | "video";

/**
 * A request whose script, speech, footage or pictures are authored by the fake providers.
 *
 * @param number requests with successive numbers are of different kinds.
 * @param marker a text that each request to a provider must contain.
 */
export function authoringRequest(number: number, marker: string, until: AuthoringPart): object {
  const subject = `${marker} the sea`;
  const script = [1, 2, 3].map((sentence) => `Sentence ${sentence} of ${marker} is here.`).join(" ");
  const terms = [`${marker} waves`, `${marker} path`];
  const rest = { video_subject: subject, video_clip_duration: 2, bgm_type: "", stop_at: until };
  const kinds: object[] = [
    { voice_name: "openai:alloy", video_source: "pexels" },
    { video_script: script, video_terms: terms, voice_name: "kokoro:af_heart", video_source: ["pexels", "pixabay"] },
    { video_script: script, video_terms: terms, voice_name: "openai:nova", video_source: "image" },
    { video_script: script, voice_name: "openai:echo", video_materials: [{ url: "life.mp4" }] },
    { voice_name: "openai:alloy", stop_at: "audio" },
    {
      video_terms: terms,
      voice_name: "no-voice",
      video_source: ["pixabay", "pexels"],
      match_materials_to_script: true,
    },
  ];
  return { ...rest, ...kinds[number % kinds.length] };
}
