import { beginning } from "./to-request.ts";

/** The fields of the API that decide how captions look, beside `subtitle_preset`. */
export const CAPTION_FIELDS = [
  ...["font_name", "font_size", "text_fore_color", "text_background_color", "rounded_subtitle_background"],
  ...["stroke_color", "stroke_width", "stroke_blur", "subtitle_position", "custom_position"],
  ...["subtitle_display_mode", "subtitle_animation", "highlight_color", "highlight_background", "karaoke_fill"],
  ...["max_words_per_line", "uppercase"],
] as const;

/** All fields of a request for a preview of captions, beside its text. */
const PREVIEW_FIELDS = ["video_language", "video_aspect", "video_size", "subtitle_preset", ...CAPTION_FIELDS];

/**
 * The body of `POST /api/v1/caption-previews` for a request for videos.
 *
 * @param sample the text to show if the request has no script.
 */
export function previewRequest(request: Readonly<Record<string, unknown>>, sample: string): Record<string, unknown> {
  const script = typeof request.video_script === "string" ? beginning(request.video_script) : "";
  const chosen = PREVIEW_FIELDS.flatMap((name) => (name in request ? [[name, request[name]] as const] : []));
  return { video_script: script.trim() === "" ? sample : script, ...Object.fromEntries(chosen) };
}
