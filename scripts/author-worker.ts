import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_LLM_MODEL, settingNames } from "../author/src/settings.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Where Ollama listens unless told otherwise. */
const OLLAMA = "http://localhost:11434";

/** The settings of the author Worker that are set in an environment. */
export function authorSettings(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(settingNames.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** The same settings, with plain http allowed for providers on this machine. */
export function allowLocalProviders(settings: Record<string, string>): Record<string, string> {
  const local = Object.entries(settings)
    .filter(([name, value]) => name.endsWith("_URL") && URL.canParse(value))
    .map(([, value]) => new URL(value))
    .filter(({ hostname }) => ["localhost", "127.0.0.1", "[::1]"].includes(hostname))
    .map(({ host }) => host);
  if (local.length === 0) return settings;
  return { ...settings, OUTBOUND_ALLOW: [settings.OUTBOUND_ALLOW ?? "", ...local].join(",") };
}

/**
 * Writes wrangler's configuration of the author Worker with settings, because `wrangler dev` passes its options only to
 * the first of several Workers. Returns the configuration's path.
 *
 * @param folder where to write it. It then holds the keys of the providers.
 */
export async function writeAuthorConfig(folder: string, settings: Record<string, string>): Promise<string> {
  const config = {
    name: "edgereel-author",
    main: join(root, "author/src/index.ts"),
    compatibility_date: "2026-11-01",
    alias: Object.fromEntries(["zod", "zod/v4"].map((name) => [name, join(root, "src/util/zod-without-locales.ts")])),
    services: [{ binding: "VOICE", service: "edgereel-voice", entrypoint: "EmbeddedVoice" }],
  };
  await mkdir(folder, { recursive: true });
  const path = join(folder, "wrangler.json");
  await writeFile(path, JSON.stringify(config));
  // Wrangler prints the variables of a configuration, but not those of this file.
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quote(name, value)}\n`);
  await writeFile(join(folder, ".dev.vars"), lines.join(""), { mode: 0o600 });
  return path;
}

/** A value as .dev.vars holds it. Within quotes, every character but the quote stands for itself. */
function quote(name: string, value: string): string {
  const mark = ["'", "`"].find((candidate) => !value.includes(candidate));
  if (mark === undefined) throw new Error(`${name} must not contain both ' and \``);
  return mark + value + mark;
}

/** The models that a local Ollama has; null if none answers. */
export async function localOllamaModels(): Promise<string[] | null> {
  try {
    const response = await fetch(`${OLLAMA}/api/tags`, { signal: AbortSignal.timeout(1_000) });
    const { models } = (await response.json()) as { models?: { name?: unknown }[] };
    return (models ?? []).map(({ name }) => String(name));
  } catch {
    return null;
  }
}

/**
 * Lines for the start of a service: what writes, speaks and finds, and how to get what is missing.
 *
 * @param command what starts the service.
 */
export function describeAuthor(
  settings: Record<string, string>,
  ollama: string[] | null,
  command = "npm run dev",
): string[] {
  const has = (...names: string[]) => names.some((name) => settings[name] !== undefined);
  const hasModel = has("LLM_BASE_URL", "LLM_API_KEY");
  const missing = `none: set LLM_API_KEY or LLM_BASE_URL, and LLM_MODEL${ollama ? "" : " (no Ollama answers on this machine)"}`;
  const [first = "MODEL"] = ollama ?? [];
  const tip = `                 Ollama answers: LLM_BASE_URL=${OLLAMA}/v1 LLM_MODEL=${first} ${command}`;
  const voices = [
    ...(has("KOKORO_URL") ? ["Kokoro"] : []),
    ...(has("ELEVENLABS_API_KEY") ? ["ElevenLabs"] : []),
    ...(has("AZURE_SPEECH_KEY") ? ["Azure"] : []),
    ...(has("SPEECH_URL", "SPEECH_API_KEY") ? ["the server in SPEECH_URL"] : []),
    "the embedded voice (English)",
  ];
  const footage = [
    ...(has("PEXELS_API_KEY") ? ["Pexels"] : []),
    ...(has("PIXABAY_API_KEY") ? ["Pixabay"] : []),
    ...(has("COVERR_API_KEY") ? ["Coverr"] : []),
  ];
  return [
    `  Language model ${hasModel ? (settings.LLM_MODEL ?? DEFAULT_LLM_MODEL) : missing}`,
    ...(!hasModel && ollama ? [tip] : []),
    `  Voices         ${voices.join(", ")}`,
    `  Footage        ${footage.length > 0 ? footage.join(", ") : "none: set PEXELS_API_KEY, PIXABAY_API_KEY or COVERR_API_KEY"}`,
  ];
}
