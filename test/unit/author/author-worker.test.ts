import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  allowLocalProviders,
  authorSettings,
  describeAuthor,
  writeAuthorConfig,
} from "../../../scripts/author-worker.ts";

test("npm run dev passes the settings of the author Worker on, and no other variables", () => {
  const env = { LLM_MODEL: "llama3.2", PEXELS_API_KEY: "", HOME: "/root", AUTH: "on" };
  expect(authorSettings(env)).toEqual({ LLM_MODEL: "llama3.2" });
});

test("npm run dev allows plain http for providers on this machine only", () => {
  const settings = {
    LLM_BASE_URL: "http://localhost:11434/v1",
    KOKORO_URL: "http://10.0.0.5:8880",
    OUTBOUND_ALLOW: "a.example",
  };
  expect(allowLocalProviders(settings)).toEqual({ ...settings, OUTBOUND_ALLOW: "a.example,localhost:11434" });
  expect(allowLocalProviders({ KOKORO_URL: "http://10.0.0.5" })).toEqual({ KOKORO_URL: "http://10.0.0.5" });
});

test("npm run dev says what writes, speaks and finds, and what to set for the rest", () => {
  expect(describeAuthor({}, null).join("\n")).toMatch(
    /none: set LLM_API_KEY or LLM_BASE_URL, and LLM_MODEL .no Ollama answers[\s\S]*embedded voice[\s\S]*none: set PEXELS_API_KEY/,
  );
  expect(describeAuthor({}, ["llama3.2:latest"]).join("\n")).toContain(
    "Ollama answers: LLM_BASE_URL=http://localhost:11434/v1 LLM_MODEL=llama3.2:latest npm run dev",
  );
  const settings = { LLM_API_KEY: "sk", LLM_MODEL: "gpt", KOKORO_URL: "https://k.example", PIXABAY_API_KEY: "key" };
  expect(describeAuthor(settings, null).join("\n")).toMatch(/gpt[\s\S]*Kokoro, the embedded voice[\s\S]*Pixabay$/);
});

test("keys are not in the configuration that wrangler prints, but in a file that only the user can read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-author-config-"));
  const path = await writeAuthorConfig(folder, { PEXELS_API_KEY: 'a#"b\\n$c', LLM_MODEL: "it's" });
  expect(await readFile(path, "utf8")).not.toContain("PEXELS");
  expect(await readFile(join(folder, ".dev.vars"), "utf8")).toBe("PEXELS_API_KEY='a#\"b\\n$c'\nLLM_MODEL=`it's`\n");
  await expect(writeAuthorConfig(folder, { LLM_MODEL: "'`" })).rejects.toThrow("LLM_MODEL must not contain both");
  await rm(folder, { recursive: true });
});

test.each(["wrangler.toml", "wrangler.deployed.toml"])(
  "the author Worker of author/%s has no traces, and no query strings in its logs, because Pixabay's key is in a URL",
  async (file) => {
    const text = await readFile(new URL(`../../../author/${file}`, import.meta.url), "utf8");
    const settings = text.replace(/^#.*\n/gm, "");
    expect(settings).toContain("\n[observability]\nenabled = true\nredact_query_string = true\n");
    expect(settings).toContain("\n[observability.traces]\nenabled = false\n");
    // Another environment would replace the settings.
    expect(settings.match(/observability/g)).toHaveLength(2);
    expect(text).not.toMatch(/tail_consumers|streaming_tail_consumers|logpush/);
  },
);
