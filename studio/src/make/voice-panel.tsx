import type { Voice } from "../service/types.ts";
import { HearButton } from "../shared/hear-button.tsx";
import { useText } from "../text/languages.ts";
import { BEST_VOICE, NO_SPEECH, RECORDING } from "./draft.ts";
import { FieldError } from "./field-error.tsx";
import type { PanelProps } from "./panel-props.ts";
import { StoredFileField } from "./stored-file-field.tsx";
import { bestVoice } from "./to-request.ts";
import type { Uploads } from "./use-uploads.ts";

/** Who speaks. A voice can be heard before it is chosen. */
export function VoicePanel({
  draft,
  change,
  errors,
  voices,
  hint,
  uploads,
}: PanelProps & { voices: readonly Voice[]; hint: string; uploads: Uploads }) {
  const text = useText();
  const chosen =
    draft.voice === BEST_VOICE
      ? bestVoice(draft.script || draft.subject, voices)
      : voices.find(({ id }) => id === draft.voice);
  const groups = Map.groupBy(voices, ({ language }) => language);
  return (
    <section class="panel">
      <h2>
        <label for="voice">{text("speech")}</label>
      </h2>
      <div class="row">
        <select
          id="voice"
          value={draft.voice}
          aria-invalid={errors.has("voice_name")}
          onChange={(event) => change({ voice: event.currentTarget.value })}
        >
          {voices.length > 0 && <option value={BEST_VOICE}>{text("bestVoice")}</option>}
          <option value={NO_SPEECH}>{text("noSpeech")}</option>
          <option value={RECORDING}>{text("ownRecording")}</option>
          {[...groups].map(([language, group]) => (
            <optgroup key={language} label={languageName(language)}>
              {group.map(({ id, name, provider }) => (
                <option key={id} value={id}>
                  {name} · {provider}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
        {chosen && <HearButton voice={chosen} />}
      </div>
      {voices.length === 0 && hint !== "" && <p class="muted small">{text("noVoices", { hint })}</p>}
      {draft.voice === RECORDING && (
        <StoredFileField
          collection="narrations"
          aria-label={text("chooseRecording")}
          value={draft.narration}
          onValue={(narration) => change({ narration })}
          uploads={uploads}
          accept="audio/*,video/*"
          uploadLabel={text("upload")}
        >
          <option value="">{text("chooseRecording")}</option>
        </StoredFileField>
      )}
      <FieldError errors={errors} name="voice_name" />
      <FieldError errors={errors} name="custom_audio_file" />
    </section>
  );
}

function languageName(tag: string): string {
  if (tag === "mul") return "∗";
  try {
    return new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
