import { z } from "zod";
import { type AllowedHost, isAllowed, parseAllowedHost } from "../../src/config/allowed-hosts.ts";

/** An http(s) URL without credentials, query and fragment. Slashes at its end are removed. */
const address = z
  .string()
  .trim()
  .refine(isAddress, { error: "must be an http or https URL without user name, query and fragment" })
  .transform((text) => text.replace(/\/+$/, ""))
  .optional();

/** A key as it is sent in a header. The error must not contain it. */
const secret = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,1000}$/, { error: "must be a key of printable characters without spaces" })
  .optional();

const name = z.string().trim().min(1).max(200);

const allowedHosts = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((word) => word !== ""))
  .pipe(
    z.array(
      z.string().transform((text, context): AllowedHost => {
        const host = parseAllowedHost(text);
        if (host) return host;
        context.addIssue({ code: "custom", message: `${JSON.stringify(text)} is not a host or host:port` });
        return z.NEVER;
      }),
    ),
  );

/** The language model if LLM_MODEL is not set: one of OpenAI. Other servers have others. */
export const DEFAULT_LLM_MODEL = "gpt-4o-mini";

const settingsShape = z.object({
  OUTBOUND_ALLOW: allowedHosts.default([]),
  PROVIDER_TIMEOUT_SECONDS: z.coerce.number().min(1).max(600).default(120),
  LLM_BASE_URL: address,
  LLM_API_KEY: secret,
  LLM_MODEL: name.optional(),
  SPEECH_URL: address,
  SPEECH_API_KEY: secret,
  SPEECH_MODEL: name.default("gpt-4o-mini-tts"),
  TRANSCRIPTION_URL: address,
  TRANSCRIPTION_API_KEY: secret,
  TRANSCRIPTION_MODEL: name.default("whisper-1"),
  KOKORO_URL: address,
  ELEVENLABS_URL: address,
  ELEVENLABS_API_KEY: secret,
  AZURE_SPEECH_REGION: z
    .string()
    .trim()
    .regex(/^[a-z0-9-]{1,60}$/, { error: "must be the name of an Azure region, such as westeurope" })
    .optional(),
  AZURE_SPEECH_KEY: secret,
  AZURE_SPEECH_URL: address,
  PEXELS_URL: address,
  PEXELS_API_KEY: secret,
  PIXABAY_URL: address,
  PIXABAY_API_KEY: secret,
  COVERR_URL: address,
  COVERR_API_KEY: secret,
  IMAGE_URL: address,
  IMAGE_API_KEY: secret,
  IMAGE_MODEL: name.default("gpt-image-1"),
});

/** All settings, with their defaults. docs/providers.md describes them. */
export const settingsSchema = settingsShape.superRefine((settings, context) => {
  for (const [setting, value] of Object.entries(settings)) {
    if (!setting.endsWith("_URL") || typeof value !== "string" || !isAddress(value)) continue;
    if (mayCall(new URL(value), settings.OUTBOUND_ALLOW)) continue;
    const message = "must be an https URL, or its host must be listed in OUTBOUND_ALLOW";
    context.addIssue({ code: "custom", message, path: [setting] });
  }
  const needs = (setting: keyof typeof settings, other: keyof typeof settings) => {
    if (settings[setting] === undefined || settings[other] !== undefined) return;
    context.addIssue({ code: "custom", message: `must be set, because ${setting} is`, path: [other] });
  };
  needs("ELEVENLABS_URL", "ELEVENLABS_API_KEY");
  if (settings.AZURE_SPEECH_URL === undefined) needs("AZURE_SPEECH_KEY", "AZURE_SPEECH_REGION");
  needs("AZURE_SPEECH_REGION", "AZURE_SPEECH_KEY");
  needs("PEXELS_URL", "PEXELS_API_KEY");
  needs("PIXABAY_URL", "PIXABAY_API_KEY");
  needs("COVERR_URL", "COVERR_API_KEY");
});

/** The names of all settings. */
export const settingNames = Object.keys(settingsShape.shape) as (keyof typeof settingsShape.shape)[];

export type Settings = z.infer<typeof settingsShape>;

/** One or more settings are invalid. The message names each of them and holds no secret. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/**
 * Reads the settings from the Worker's environment. An empty value counts as missing.
 *
 * @throws SettingsError
 */
export function readSettings(env: object): Settings {
  const given = Object.fromEntries(
    settingNames.flatMap((setting) => {
      const value = (env as Record<string, unknown>)[setting];
      return typeof value === "string" && value.trim() !== "" ? [[setting, value]] : [];
    }),
  );
  const parsed = settingsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`);
  throw new SettingsError(`invalid settings of the author Worker: ${faults.join("; ")}`);
}

/** The values of all settings that are secret. */
export function secretsOf(env: object): string[] {
  return settingNames
    .filter((setting) => setting.endsWith("_KEY"))
    .map((setting) => (env as Record<string, unknown>)[setting])
    .filter((value) => typeof value === "string")
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

/** Whether the Worker may call a URL: by https any, by plain http only allowed hosts. */
export function mayCall(url: URL, allow: readonly AllowedHost[]): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isAllowed(url, allow));
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isPlain = url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  return (url.protocol === "http:" || url.protocol === "https:") && isPlain;
}
