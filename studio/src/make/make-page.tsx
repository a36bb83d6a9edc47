import { useEffect, useMemo, useState } from "preact/hooks";
import { ServiceError } from "../service/api.ts";
import { createVideo, getAbilities, listPresets, listVoices } from "../service/calls.ts";
import type { Abilities } from "../service/types.ts";
import { reasonOf, useLoaded, valueOr } from "../shared/use-loaded.ts";
import { useText } from "../text/languages.ts";
import { CodeDialog } from "./code-dialog.tsx";
import { type Draft, emptyDraft, storeDraft, storedDraft } from "./draft.ts";
import { LookPanel } from "./look-panel.tsx";
import { MaterialsPanel } from "./materials-panel.tsx";
import { MoreSettings } from "./more-settings.tsx";
import { MusicPanel } from "./music-panel.tsx";
import { rememberRequest } from "./remembered-requests.ts";
import { ScriptPanel } from "./script-panel.tsx";
import { toRequest } from "./to-request.ts";
import { useUploads } from "./use-uploads.ts";
import { VoicePanel } from "./voice-panel.tsx";

const NO_ABILITIES: Omit<Abilities, "hints"> & { hints: Abilities["hints"] | null } = {
  model: null,
  speech: [],
  footage: [],
  pictures: [],
  hints: null,
};

/** The form for a new video. */
export function MakePage() {
  const text = useText();
  const [draft, setDraft] = useState<Draft>(() => storedDraft(localStorage));
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map());
  const [refusal, setRefusal] = useState("");
  const [sending, setSending] = useState(false);
  const [showsCode, setShowsCode] = useState(false);
  const [abilities] = useLoaded(getAbilities);
  const [voices] = useLoaded(listVoices);
  const [presets] = useLoaded(listPresets);
  const spoken = valueOr(voices, []);
  const change = (fields: Partial<Draft>) => setDraft((before) => ({ ...before, ...fields }));
  const uploads = useUploads((collection, file) => {
    if (collection === "video_materials")
      setDraft((before) =>
        before.materials.includes(file) ? before : { ...before, materials: [...before.materials, file] },
      );
    else if (collection === "musics") change({ music: file });
    else change({ narration: file });
  });
  useEffect(() => storeDraft(localStorage, draft), [draft]);
  const request = useMemo(() => toRequest(draft, spoken), [draft, spoken]);
  const props = { draft, change, errors };
  const able = abilities.state === "loaded" ? abilities.value : NO_ABILITIES;

  const create = async () => {
    setSending(true);
    setRefusal("");
    setErrors(new Map());
    try {
      const { task_id } = await createVideo(request, crypto.randomUUID());
      rememberRequest(localStorage, task_id, request);
      location.hash = `/tasks/${task_id}`;
    } catch (error) {
      const fields = error instanceof ServiceError ? error.fields : new Map<string, string>();
      setErrors(fields);
      setRefusal(fields.size > 0 ? text("fixFields") : text("somethingWrong", { reason: reasonOf(error) }));
    } finally {
      setSending(false);
    }
  };
  const hasText = (draft.text === "script" ? draft.script : draft.subject).trim() !== "";
  const canCreate = !sending && uploads.running === 0 && (hasText || draft.materials.length > 0);
  return (
    <form
      class="make"
      // The API says what is wrong with a value, at its field.
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <div class="row between">
        <h1>{text("makeTitle")}</h1>
        <button type="button" class="quiet" onClick={() => setDraft(emptyDraft)}>
          {text("clear")}
        </button>
      </div>
      <div class="columns">
        <div class="stack">
          <ScriptPanel
            {...props}
            model={able.model}
            hint={able.hints?.model ?? ""}
            ready={abilities.state !== "loading"}
          />
          <MaterialsPanel {...props} footage={able.footage} pictures={able.pictures} uploads={uploads} />
        </div>
        <div class="stack">
          <VoicePanel {...props} voices={spoken} hint={able.hints?.speech ?? ""} uploads={uploads} />
          <LookPanel {...props} presets={valueOr(presets, [])} request={request} />
          <MusicPanel {...props} uploads={uploads} />
        </div>
      </div>
      <MoreSettings {...props} />
      <div class="action-bar">
        {refusal !== "" && (
          <p class="error" role="alert">
            {refusal}
          </p>
        )}
        <button type="button" class="quiet" onClick={() => setShowsCode(true)}>
          {text("copyAs")}
        </button>
        <button type="submit" class="primary large" disabled={!canCreate}>
          {text(sending ? "creating" : "createVideo")}
        </button>
      </div>
      {showsCode && <CodeDialog request={request} onClose={() => setShowsCode(false)} />}
    </form>
  );
}
