import { useState } from "preact/hooks";
import { writeScript } from "../service/calls.ts";
import { reasonOf } from "../shared/use-loaded.ts";
import { useText } from "../text/languages.ts";
import { FieldError } from "./field-error.tsx";
import type { PanelProps } from "./panel-props.ts";
import { spokenSeconds } from "./spoken-seconds.ts";

/** The subject or the script. */
export function ScriptPanel({
  draft,
  change,
  errors,
  model,
  hint,
  ready,
}: PanelProps & { model: object | null; hint: string; ready: boolean }) {
  const text = useText();
  const [writing, setWriting] = useState(false);
  const [failure, setFailure] = useState("");
  const write = async () => {
    setWriting(true);
    setFailure("");
    try {
      const script = await writeScript({ video_subject: draft.subject, ...writingFields(draft.fields) });
      change({ text: "script", script });
    } catch (error) {
      setFailure(reasonOf(error));
    } finally {
      setWriting(false);
    }
  };
  const kind = (value: "script" | "subject", label: string) => (
    <label class="choice">
      <input type="radio" name="text" checked={draft.text === value} onChange={() => change({ text: value })} />
      {label}
    </label>
  );
  const subject = (label: string, below: string) => (
    <label class="field">
      <span>{label}</span>
      <input
        name="video_subject"
        value={draft.subject}
        maxLength={500}
        aria-invalid={errors.has("video_subject")}
        onInput={(event) => change({ subject: event.currentTarget.value })}
      />
      <span class="muted small">{below}</span>
      <FieldError errors={errors} name="video_subject" />
    </label>
  );
  const noModel = ready && model === null ? text("noModel", { hint }) : "";
  return (
    <section class="panel">
      <fieldset class="segmented">
        <legend class="hidden">{text("makeTitle")}</legend>
        {kind("script", text("scriptTab"))}
        {kind("subject", text("subjectTab"))}
      </fieldset>
      {draft.text === "subject" ? (
        <>
          {subject(text("subjectLabel"), noModel || text("subjectHint"))}
          <div class="row">
            <button
              type="button"
              disabled={writing || draft.subject.trim() === "" || noModel !== ""}
              onClick={() => void write()}
            >
              {text(writing ? "writing" : "writeIt")}
            </button>
            {failure !== "" && (
              <span class="error" role="alert">
                {failure}
              </span>
            )}
          </div>
        </>
      ) : (
        <>
          <label class="field">
            <span>{text("scriptLabel")}</span>
            <textarea
              name="video_script"
              autofocus
              value={draft.script}
              maxLength={20_000}
              aria-invalid={errors.has("video_script")}
              onInput={(event) => change({ script: event.currentTarget.value })}
            />
            <span class="row between muted small">
              <span>{text("scriptHint")}</span>
              {draft.script.trim() !== "" && (
                <span>{text("scriptLength", { seconds: Math.round(spokenSeconds(draft.script)) })}</span>
              )}
            </span>
            <FieldError errors={errors} name="video_script" />
          </label>
          {subject(text("title"), text("titleHint"))}
        </>
      )}
    </section>
  );
}

/** The fields of a draft that also decide how a script is written. */
function writingFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = ["video_language", "paragraph_number", "video_script_prompt", "custom_system_prompt"];
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}
