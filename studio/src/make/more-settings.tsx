import { useState } from "preact/hooks";
import { videoFields } from "../service/calls.ts";
import type { FieldSchema } from "../service/types.ts";
import { useLoaded, valueOr } from "../shared/use-loaded.ts";
import { useText } from "../text/languages.ts";
import { FieldError } from "./field-error.tsx";
import type { PanelProps } from "./panel-props.ts";
import { parseSetting, settingKind, showSetting } from "./setting-values.ts";

/** Fields that other panels of the page set. */
const ELSEWHERE = new Set(
  (
    "video_subject video_script video_source video_materials video_aspect voice_name custom_audio_file bgm_type " +
    "bgm_file subtitle_preset subtitle_enabled dry_run idempotency_key callback_url stop_at n_threads"
  ).split(" "),
);

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
  const set = (name: string, value: unknown) => {
    const { [name]: _, ...others } = draft.fields;
    change({ fields: value === undefined ? others : { ...others, [name]: value } });
  };
  const hiddenErrors = [...errors].filter(([name]) => !ELSEWHERE.has(name));
  return (
    <details
      class="panel"
      open={open || hiddenErrors.length > 0}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {text("more")}
        {Object.keys(draft.fields).length > 0 && <span class="badge"> {Object.keys(draft.fields).length}</span>}
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

function Setting({
  name,
  schema,
  value,
  set,
  errors,
}: {
  name: string;
  schema: FieldSchema;
  value: unknown;
  set: (name: string, value: unknown) => void;
  errors: ReadonlyMap<string, string>;
}) {
  const text = useText();
  const kind = settingKind(name, schema);
  const common = { id: `setting-${name}`, name, "aria-invalid": errors.has(name) };
  const take = (given: string) => set(name, parseSetting(kind, given));
  const shown = showSetting(value ?? schema.default);
  return (
    <div class={value === undefined ? "field" : "field changed"}>
      <label for={`setting-${name}`}>{name}</label>
      {kind.kind === "choice" ? (
        <select {...common} value={shown} onChange={(event) => take(event.currentTarget.value)}>
          {kind.values.map((each) => (
            <option key={String(each)} value={showSetting(each)}>
              {showSetting(each) || text("notSet")}
            </option>
          ))}
        </select>
      ) : kind.kind === "number" ? (
        <input
          {...common}
          type="number"
          step={kind.whole ? 1 : "any"}
          min={schema.minimum}
          max={schema.maximum}
          value={shown}
          onInput={(event) => take(event.currentTarget.value)}
        />
      ) : kind.kind === "colour" ? (
        <span class="row">
          <input
            type="color"
            aria-label={name}
            value={/^#[0-9a-f]{6}$/i.test(shown) ? shown : "#000000"}
            onInput={(event) => take(event.currentTarget.value)}
          />
          <input {...common} value={shown} onInput={(event) => take(event.currentTarget.value)} />
        </span>
      ) : (
        <input {...common} value={shown} onInput={(event) => take(event.currentTarget.value)} />
      )}
      <span class="muted small">{(schema.description ?? "").replaceAll("`", "")}</span>
      {value !== undefined && (
        <button type="button" class="quiet" onClick={() => set(name, undefined)}>
          {text("reset")}
        </button>
      )}
      <FieldError errors={errors} name={name} />
    </div>
  );
}
