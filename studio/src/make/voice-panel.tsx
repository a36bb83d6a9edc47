import { listFiles } from "../service/calls.ts";
import type { Voice } from "../service/types.ts";
import { HearButton } from "../shared/hear-button.tsx";
import { useLoaded, valueOr } from "../shared/use-loaded.ts";
import { useText } from "../text/languages.ts";
import { BEST_VOICE, NO_SPEECH, RECORDING } from "./draft.ts";
import { FieldError } from "./field-error.tsx";
import type { PanelProps } from "./panel-props.ts";
import { bestVoice } from "./to-request.ts";
import { FileButton, UploadList } from "./upload-list.tsx";
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
      {draft.voice === RECORDING && <Recording draft={draft} change={change} uploads={uploads} />}
      <FieldError errors={errors} name="voice_name" />
      <FieldError errors={errors} name="custom_audio_file" />
    </section>
  );
}

function Recording({ draft, change, uploads }: Omit<PanelProps, "errors"> & { uploads: Uploads }) {
  const text = useText();
  const [stored] = useLoaded(() => listFiles("narrations"), [draft.narration]);
  return (
    <>
      <div class="row">
        <select
          aria-label={text("chooseRecording")}
          value={draft.narration}
          onChange={(event) => change({ narration: event.currentTarget.value })}
        >
          <option value="">{text("chooseRecording")}</option>
          {valueOr(stored, []).map(({ file }) => (
            <option key={file} value={file}>
              {file}
            </option>
          ))}
        </select>
        <FileButton
          label={text("upload")}
          accept="audio/*,video/*"
          onFiles={(files) => uploads.start("narrations", files.slice(0, 1))}
        />
      </div>
      <UploadList uploads={uploads} collection="narrations" />
    </>
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
