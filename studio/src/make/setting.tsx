import type { FieldSchema } from "../service/types.ts";
import { useText } from "../text/languages.ts";
import { FieldError } from "./field-error.tsx";
import type { PanelProps } from "./panel-props.ts";
import { parseSetting, settingKind, showSetting } from "./setting-values.ts";

/** Returns a function that sets a field of the draft; undefined removes it. */
export function settingSetter({ fields }: PanelProps["draft"], change: PanelProps["change"]) {
  return (name: string, value: unknown): void => {
    const { [name]: _, ...others } = fields;
    change({ fields: value === undefined ? others : { ...others, [name]: value } });
  };
}

/** A field of the API with its name, its meaning, and an input of its kind. */
export function Setting({
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
