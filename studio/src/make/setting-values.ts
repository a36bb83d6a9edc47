import type { FieldSchema } from "../service/types.ts";

/** How a setting is entered. */
export type SettingKind =
  | { kind: "choice"; values: readonly (string | number | boolean | null)[] }
  | { kind: "number"; whole: boolean }
  | { kind: "colour" }
  | { kind: "list" }
  | { kind: "text" };

/** How to enter a field, by its schema (JSON Schema, as in OpenAPI 3.1). */
export function settingKind(name: string, schema: FieldSchema): SettingKind {
  const forms = [schema, ...(schema.anyOf ?? [])];
  const types = forms.flatMap(({ type }) => (type === undefined ? [] : [type].flat()));
  const values = forms.flatMap((form) => form.enum ?? []);
  if (/_color$/.test(name)) return { kind: "colour" };
  if (values.length > 1)
    return { kind: "choice", values: [...new Set(types.includes("null") ? [null, ...values] : values)] };
  if (types.includes("boolean")) return { kind: "choice", values: [true, false] };
  if (types.includes("array")) return { kind: "list" };
  if (types.includes("integer") || types.includes("number"))
    return { kind: "number", whole: !types.includes("number") };
  return { kind: "text" };
}

/** A value as the text of an input; empty for none. */
export function showSetting(value: unknown): string {
  if (value === undefined || value === null) return "";
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** The value that a visitor entered; undefined for the API's default. */
export function parseSetting(kind: SettingKind, given: string): unknown {
  if (given === "") return undefined;
  if (kind.kind === "number") return Number(given);
  if (kind.kind === "list")
    return given
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  if (kind.kind === "choice") return kind.values.find((value) => showSetting(value) === given);
  return given;
}
