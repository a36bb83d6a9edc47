import type { SubtitlePreset } from "../service/types.ts";
import { useText } from "../text/languages.ts";
import { CaptionPreview } from "./caption-preview.tsx";
import { FieldError } from "./field-error.tsx";
import type { PanelProps } from "./panel-props.ts";

const aspects = ["9:16", "16:9", "1:1", "3:4"];

/** The shape of the video and the look of its captions. */
export function LookPanel({
  draft,
  change,
  errors,
  presets,
  request,
}: PanelProps & { presets: readonly SubtitlePreset[]; request: Readonly<Record<string, unknown>> }) {
  const text = useText();
  const shown = draft.fields.subtitle_enabled !== false;
  const choosePreset = (preset: string) => {
    const { subtitle_enabled: _, ...fields } = draft.fields;
    change({ preset, fields: preset === "none" ? { ...fields, subtitle_enabled: false } : fields });
    if (preset === "none") change({ preset: "" });
  };
  const preset = (value: string, label: string, description = "", picture = "") => (
    <label class="choice" key={value} title={description}>
      <input
        type="radio"
        name="subtitle_preset"
        checked={value === "none" ? !shown : shown && draft.preset === value}
        onChange={() => choosePreset(value)}
      />
      {picture !== "" && <img src={picture} alt="" width={144} loading="lazy" decoding="async" />}
      {label}
    </label>
  );
  const choices = (
    <>
      <div class="choices">
        {preset("", text("captionsPlain"))}
        {presets.map(({ id, name, description, picture }) => preset(id, name, description, picture))}
        {preset("none", text("captionsNone"))}
      </div>
      <FieldError errors={errors} name="subtitle_preset" />
    </>
  );
  return (
    <section class="panel">
      <fieldset>
        <legend>{text("shape")}</legend>
        <div class="choices">
          {aspects.map((aspect) => (
            <label class="choice" key={aspect}>
              <input
                type="radio"
                name="video_aspect"
                checked={draft.aspect === aspect}
                onChange={() => change({ aspect })}
              />
              <span class="shape" style={{ aspectRatio: aspect.replace(":", "/") }} />
              {aspect}
            </label>
          ))}
        </div>
        <FieldError errors={errors} name="video_aspect" />
      </fieldset>
      <fieldset>
        <legend>{text("captions")}</legend>
        {shown ? (
          <CaptionPreview
            {...{ draft, change, errors, request }}
            preset={presets.find(({ id }) => id === draft.preset)}
          >
            {choices}
          </CaptionPreview>
        ) : (
          choices
        )}
      </fieldset>
    </section>
  );
}
