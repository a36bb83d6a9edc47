import { expect, test } from "vitest";
import { redact, redactDeep } from "../../../author/src/calls/redact.ts";

const key = "sk/Fake+7f3a 9c51".replace(" ", "=");

test.each([
  `the key is ${key}.`,
  `https://example.com/a.mp4?key=${encodeURIComponent(key)}`,
  `Basic ${btoa(key)}`,
  `KEY ${key.toUpperCase()}`,
  JSON.stringify({ key }),
])("a key is removed from %s", (text) => {
  const shown = redact(text, [key, "another-key"]);
  expect(shown).toContain("[redacted]");
  expect(shown.toLowerCase()).not.toContain("7f3a");
});

test("short values are no secrets, because they may be words of a script", () => {
  expect(redact("ollama runs models", ["ollama"])).toBe("ollama runs models");
});

test("keys are removed from all texts of a value, and bytes stay", () => {
  const bytes = new TextEncoder().encode(key);
  const value = { [key]: [{ text: `a ${key}`, count: 1, none: null }], bytes };
  expect(redactDeep(value, [key])).toEqual({
    "[redacted]": [{ text: "a [redacted]", count: 1, none: null }],
    bytes,
  });
});
