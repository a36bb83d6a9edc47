import { useState } from "preact/hooks";
import { videoFields } from "../service/calls.ts";
import type { FieldSchema } from "../service/types.ts";
import { useLoaded, valueOr } from "../shared/use-loaded.ts";
import { useText } from "../text/languages.ts";
import { CAPTION_FIELDS } from "./caption-fields.ts";
import type { PanelProps } from "./panel-props.ts";
import { Setting, settingSetter } from "./setting.tsx";

/** Fields that other panels of the page set. */
const ELSEWHERE = new Set<string>([
  ...CAPTION_FIELDS,
  ...(
    "video_subject video_script video_source video_materials video_aspect voice_name custom_audio_file bgm_type " +
    "bgm_file subtitle_preset subtitle_enabled dry_run idempotency_key callback_url stop_at n_threads"
  ).split(" "),
]);

/** Everything else that the API can do, with its names: built from the API's own description. */
export function MoreSettings({ draft, change, errors }: PanelProps) {
  const text = useText();
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState("");
  const [schemas] = useLoaded(async () => (open ? videoFields() : {}), [open]);
  const all = Object.entries(valueOr<Record<string, FieldSchema>>(schemas, {})).filter(
    ([name]) => !ELSEWHERE.has(name),
  );
  const wanted = search.toLowerCase();
  const shown = all.filter(([name, { description = "" }]) => `${name} ${description}`.toLowerCase().includes(wanted));
  const set = settingSetter(draft, change);
  const changed = Object.keys(draft.fields).filter((name) => !ELSEWHERE.has(name));
  const hiddenErrors = [...errors].filter(([name]) => !ELSEWHERE.has(name));
  return (
    <details
      class="panel"
      open={open || hiddenErrors.length > 0}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {text("more")}
        {changed.length > 0 && <span class="badge"> {changed.length}</span>}
      </summary>
      {open && (
        <div class="stack">
          <label class="field">
            <span class="hidden">{text("searchSettings")}</span>
            <input
              type="search"
              placeholder={text("searchSettings")}
              value={search}
              onInput={(event) => setSearch(event.currentTarget.value)}
            />
            <span class="muted small">{text("moreHint")}</span>
          </label>
          <div class="settings">
            {shown.map(([name, schema]) => (
              <Setting key={name} name={name} schema={schema} value={draft.fields[name]} set={set} errors={errors} />
            ))}
          </div>
        </div>
      )}
    </details>
  );
}
