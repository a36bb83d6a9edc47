import { z } from "zod";
import { describeIssues } from "../api/describe-issues.ts";
import { CodedError } from "../api/errors.ts";
import { videoRequestSchema } from "../api/video-request.ts";

/** Max characters of a prompt: as many as a script may have. */
const MAX_PROMPT = 20_000;
const MAX_SECONDS = 600;

const prompt = z.string().trim().min(1, "must not be empty").max(MAX_PROMPT).meta({
  description:
    "What the video is about: a language model writes its script. On a service without a language model, the script itself.",
  example: "How bees find their way home.",
});

const seconds = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine((text) => /^\d{1,3}(?:\.\d{1,3})?$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_SECONDS, {
    error: `must be a number of seconds from 1 to ${MAX_SECONDS}`,
  });

/** A picture or clip to show: an address, or the name of an uploaded file. */
const reference = z.union(
  [
    z.string().min(1),
    z.object({ image_url: z.string().min(1) }).strict(),
    z.object({ file_id: z.string().min(1) }).strict(),
  ],
  { error: "must be a file, {image_url} or {file_id}" },
);

/** The fields that OpenAI's API has. Other fields are those of `POST /api/v1/videos`. */
const videoFieldsSchema = z.object({
  prompt,
  model: z.string().max(100).optional(),
  seconds: seconds.optional(),
  size: z.string().max(20).optional(),
  input_reference: reference.optional(),
});

/** The JSON form of a request, for the OpenAPI document. */
export const openaiVideoRequestSchema = z
  .object({
    prompt,
    model: z.string().max(100).optional().meta({ description: "Any name; it changes nothing." }),
    seconds: z
      .string()
      .optional()
      .meta({
        description: `Length of the video: 1 to ${MAX_SECONDS}. If the script takes longer to speak, the video is longer.`,
        example: "8",
      }),
    size: z.string().optional().meta({ description: "`WIDTHxHEIGHT` in pixels, both even.", example: "720x1280" }),
    input_reference: z
      .union([z.object({ image_url: z.string() }), z.object({ file_id: z.string() })])
      .optional()
      .meta({
        description:
          "The picture or clip to show, in place of searched footage: an https or data URL, or the name of an uploaded file.",
      }),
  })
  .catchall(z.unknown())
  .meta({ id: "OpenAIVideoRequest" });

export const openaiRemixRequestSchema = z.strictObject({ prompt }).meta({ id: "OpenAIRemixRequest" });

/** A request of `/v1/videos`. */
export interface VideoFields {
  prompt: string;
  model: string | null;
  seconds: string | null;
  size: string | null;
  /** A URL or the name of an uploaded file; null without one. */
  reference: string | null;
  /** Fields of `POST /api/v1/videos` that the client sets itself. */
  given: Record<string, unknown>;
}

/**
 * Reads the fields of a request.
 *
 * @param text whether all values came as text, because the request is a form. Numbers and truth values are then read.
 * @throws CodedError `invalid_request` naming the field.
 */
export function readVideoFields(body: Readonly<Record<string, unknown>>, text: boolean): VideoFields {
  const parsed = videoFieldsSchema.safeParse(body);
  if (!parsed.success) throw new CodedError("invalid_request", describeIssues(parsed.error));
  const { prompt: asked, model = null, seconds: length = null, size = null, input_reference } = parsed.data;
  return {
    prompt: asked,
    model,
    seconds: length,
    size,
    reference: input_reference === undefined ? null : addressOf(input_reference),
    given: givenFields(body, text),
  };
}

/** Reads the prompt of a remix. @throws CodedError `invalid_request` */
export function readRemixPrompt(body: Readonly<Record<string, unknown>>): string {
  const parsed = openaiRemixRequestSchema.safeParse(body);
  if (!parsed.success) throw new CodedError("invalid_request", describeIssues(parsed.error));
  return parsed.data.prompt;
}

function addressOf(given: z.infer<typeof reference>): string {
  if (typeof given === "string") return given;
  return "image_url" in given ? given.image_url : given.file_id;
}

/** Fields that the ones of OpenAI's API stand for, or that make no task. */
const TAKEN: Readonly<Record<string, string>> = {
  video_subject: "prompt",
  video_size: "size",
  video_duration: "seconds",
  video_materials: "input_reference",
};

function givenFields(body: Readonly<Record<string, unknown>>, text: boolean): Record<string, unknown> {
  const fields = videoRequestSchema.shape as Record<string, z.ZodType>;
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    if (name in videoFieldsSchema.shape) continue;
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field || name === "dry_run" || name === "stop_at") {
      throw new CodedError("invalid_request", `${name.slice(0, 100)}: unknown field`);
    }
    const taken = TAKEN[name];
    if (taken !== undefined)
      throw new CodedError("invalid_request", `${taken}: send it under this name, not as ${name}`);
    given[name] = text && typeof value === "string" && !field.safeParse(value).success ? asValue(value) : value;
  }
  return given;
}

/** The number, truth value or list that a text stands for, or else the text. */
function asValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
