import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { videoFields } from "../service/calls.ts";
import type { FieldSchema, SubtitlePreset } from "../service/types.ts";
import { useLoaded, valueOr } from "../shared/use-loaded.ts";
import { useText } from "../text/languages.ts";
import { CAPTION_FIELDS, previewRequest } from "./caption-fields.ts";
import type { PanelProps } from "./panel-props.ts";
import { Setting, settingSetter } from "./setting.tsx";
import { useCaptionPreview } from "./use-caption-preview.ts";

/**
 * Shows the visitor's first words in the chosen look, as the service's renderer draws them, and the look's settings.
 *
 * @param preset the chosen look, whose values the settings show.
 * @param children stands between the two.
 */
export function CaptionPreview({
  draft,
  change,
  errors,
  request,
  preset,
  children,
}: PanelProps & {
  request: Readonly<Record<string, unknown>>;
  preset: SubtitlePreset | undefined;
  children: ComponentChildren;
}) {
  const text = useText();
  const [asked, setAsked] = useState(false);
  const [open, setOpen] = useState(false);
  const changed = CAPTION_FIELDS.filter((name) => name in draft.fields);
  const shows = asked || draft.preset !== "" || changed.length > 0;
  const body = previewRequest(request, text("previewSample"));
  const { video, loading, reason } = useCaptionPreview(shows ? body : null);
  const [schemas] = useLoaded(async () => (open ? videoFields() : {}), [open]);
  const fields = valueOr<Record<string, FieldSchema>>(schemas, {});
  const wrong = CAPTION_FIELDS.some((name) => errors.has(name));
  const set = settingSetter(draft, change);
  // Who has asked for less motion starts the video by hand.
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return (
    <>
      {shows ? (
        <figure class="preview" aria-busy={loading}>
          {video === "" ? (
            <div class="empty" style={{ aspectRatio: draft.aspect.replace(":", "/") }} />
          ) : (
            <video
              src={video}
              aria-label={text("previewOf", { text: String(body.video_script) })}
              autoplay={!still}
              controls={still}
              loop
              muted
              playsInline
            />
          )}
          <figcaption class={reason === "" ? "muted small" : "error"} aria-live="polite">
            {reason || text(loading ? "previewLoading" : "previewReal")}
          </figcaption>
        </figure>
      ) : (
        <button type="button" onClick={() => setAsked(true)}>
          {text("previewShow")}
        </button>
      )}
      {children}
      <details open={open || wrong} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          {text("changeLook")}
          {changed.length > 0 && <span class="badge"> {changed.length}</span>}
        </summary>
        <div class="settings">
          {CAPTION_FIELDS.flatMap((name) => {
            const field = fields[name];
            if (!field) return [];
            const schema = { ...field, default: preset?.fields[name] ?? field.default };
            return (
              <Setting key={name} name={name} schema={schema} value={draft.fields[name]} set={set} errors={errors} />
            );
          })}
        </div>
      </details>
    </>
  );
}
