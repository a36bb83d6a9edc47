import { useEffect, useState } from "preact/hooks";
import { send } from "../service/api.ts";
import { useText } from "../text/languages.ts";
import type { Draft } from "./draft.ts";

/** The wait after the last change, in milliseconds. */
const PAUSE_MS = 500;

/** A second or two of captions as the real renderer draws them. */
export function CaptionPreview({ draft }: { draft: Draft }) {
  const text = useText();
  const [url, setUrl] = useState("");
  const words = draft.script.trim().split(/\s+/).slice(0, 8).join(" ").slice(0, 80) || text("previewText");
  const request = JSON.stringify({
    ...captionFields(draft.fields),
    ...(draft.preset === "" ? {} : { subtitle_preset: draft.preset }),
    video_aspect: draft.aspect,
    video_script: words,
  });
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: request };
      const response = await send("/api/v1/caption-previews", { ...init, signal: stop.signal }).catch(() => null);
      if (!response?.ok || stop.signal.aborted) return;
      const next = URL.createObjectURL(await response.blob());
      setUrl((before) => {
        URL.revokeObjectURL(before);
        return next;
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [request]);
  if (url === "") return null;
  return <video class="preview" src={url} autoplay loop muted playsInline aria-label={text("previewAlt")} />;
}

/** The fields of a draft that decide how captions look. */
function captionFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const look = /^(?:subtitle_|text_|stroke_|font_|highlight_|custom_position|max_words|uppercase|rounded_)/;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => look.test(name) && name !== "subtitle_file"));
}
