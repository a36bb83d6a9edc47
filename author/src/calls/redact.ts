/** What stands in place of a secret. */
const REPLACEMENT = "[redacted]";

/** The forms in which a secret can appear in a text: as it is, in a URL, in JSON, and in base64. */
function formsOf(secret: string): string[] {
  const base64 = btoa(secret).replace(/=+$/, "");
  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    base64,
    base64.replaceAll("+", "-").replaceAll("/", "_"),
  ];
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

/**
 * Min characters of a value that is kept out of texts. Servers without keys get placeholders such as `ollama`, which
 * may be words of a script.
 */
const MIN_SECRET_LENGTH = 8;

/** Replaces every secret in a text. */
export function redact(text: string, secrets: readonly string[]): string {
  const long = secrets.filter((secret) => secret.length >= MIN_SECRET_LENGTH);
  return long.reduce((shown, secret) => formsOf(secret).reduce((rest, form) => replaceForm(rest, form), shown), text);
}

function replaceForm(text: string, form: string): string {
  if (!text.toLowerCase().includes(form.toLowerCase())) return text;
  return text.replace(new RegExp(RegExp.escape(form), "gi"), REPLACEMENT);
}

/** Replaces every secret in all texts of a value. Bytes stay as they are. */
export function redactDeep(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return redact(value, secrets);
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, secrets));
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key, secrets), redactDeep(item, secrets)]),
  );
}

/** Whether a text contains a secret in any form. */
export function containsSecret(text: string, secrets: readonly string[]): boolean {
  return redact(text, secrets) !== text;
}

/** Characters of a secret that must not be shown. Providers often echo a key with its middle masked. */
const SHOWN_PART = 4;

/**
 * A provider's own words, for an error message: on one line, and short. Null if they contain even a part of a secret.
 */
export function quotable(text: string, secrets: readonly string[]): string | null {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  if (line === "") return null;
  const lower = line.toLowerCase();
  for (const secret of secrets.map((item) => item.toLowerCase())) {
    for (let start = 0; start === 0 || start + SHOWN_PART <= secret.length; start++) {
      if (lower.includes(secret.slice(start, start + SHOWN_PART))) return null;
    }
  }
  if (containsSecret(line, secrets)) return null;
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
