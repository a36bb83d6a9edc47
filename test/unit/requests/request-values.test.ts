import { expect, test } from "vitest";
import {
  scriptRequestSchema,
  socialMetadataRequestSchema,
  termsRequestSchema,
} from "../../../src/api/text-requests.ts";
import { type VideoRequest, videoRequestSchema } from "../../../src/api/video-request.ts";
import { readRequest } from "../../../src/requests/read-request.ts";
import { parseVideoRequest } from "../../../src/tasks/create/parse-video-request.ts";
import { messageOf } from "../../../src/util/log.ts";

const least = { video_subject: "Cats", video_materials: [{ url: "a.mp4" }] };

/** A value that a field is given, and the value that is stored; REFUSED if it is refused. */
type Case = [given: unknown, stored: unknown];
const REFUSED = Symbol("refused");
const text = (length: number) => "x".repeat(length);

/** The cases of a switch. */
const switches: Case[] = [
  ...[true, 1, "true", "True", "1", "yes", "on", " TRUE "].map((given): Case => [given, true]),
  ...[false, 0, "false", "False", "0", "no", "off"].map((given): Case => [given, false]),
  ...[2, "maybe", [], {}].map((given): Case => [given, REFUSED]),
];
/** The cases of a number: both limits, values beyond them, and other forms. */
const numbers = (least: number, most: number, unset: number, step = 0.001): Case[] => [
  [least, least],
  [most, most],
  [String(most), most],
  [` ${least} `, least],
  [`${most}.0`, most],
  [least - step, REFUSED],
  [most + step, REFUSED],
  [null, unset],
  ["", unset],
  ["many", REFUSED],
  [[], REFUSED],
  [true, REFUSED],
];
const wholeNumbers = (least: number, most: number, unset: number): Case[] => [
  ...numbers(least, most, unset, 1),
  [least + 0.5, REFUSED],
  [`${least}.5`, REFUSED],
];
/** The cases of a free text. */
const texts = (most: number, unset: unknown): Case[] => [
  ["", unset],
  [null, unset],
  [text(most), text(most)],
  [text(most + 1), REFUSED],
  [5, REFUSED],
  [{}, REFUSED],
];
const files: Case[] = [
  ["", null],
  [null, null],
  ["a.mp3", "a.mp3"],
  ["https://x.example/a.mp3", "https://x.example/a.mp3"],
  [text(2049), REFUSED],
  [5, REFUSED],
];
const colours = (unset: unknown): Case[] => [
  ["#fff", "#fff"],
  ["#FFFFFF80", "#FFFFFF80"],
  ["Yellow", "Yellow"],
  ["rgb(1, 2, 3)", "rgb(1, 2, 3)"],
  ["reddish", REFUSED],
  ["#12", REFUSED],
  ["", unset],
  [null, unset],
  [5, REFUSED],
];
const names = (options: string[], unset: unknown): Case[] => [
  ...options.map((option): Case => [option, option]),
  ...options.map((option): Case => [` ${option.toUpperCase()} `, option]),
  [null, unset],
  ["", unset],
  ["nonsense", REFUSED],
  [5, REFUSED],
];

const fields: Partial<Record<keyof VideoRequest, Case[]>> = {
  video_subject: texts(5_000, ""),
  video_script: texts(20_000, ""),
  video_language: [
    ["", ""],
    [null, ""],
    ["zh-CN", "zh-CN"],
    ["zh_CN", "zh-CN"],
    ["Arabic", "ar"],
    ["中文", "zh"],
    ["Chinese (Traditional)", "zh-TW"],
    ["auto", ""],
    [text(101), REFUSED],
    [5, REFUSED],
  ],
  video_terms: [
    ["", []],
    [null, []],
    ["rain, snow，sun", ["rain", "snow", "sun"]],
    [
      ["a", " ", "b"],
      ["a", "b"],
    ],
    [Array.from({ length: 51 }, () => "a"), REFUSED],
    [[5], REFUSED],
    [5, REFUSED],
  ],
  video_aspect: names(["16:9", "9:16", "1:1", "3:4"], "9:16"),
  video_fit: names(["cover", "contain", "blur"], "cover"),
  video_concat_mode: names(["random", "sequential"], "random"),
  video_clip_duration: numbers(0.5, 600, 5),
  video_count: wholeNumbers(1, 10, 1),
  match_materials_to_script: [...switches, [null, false], ["", false]],
  video_source: [
    ["pexels", ["pexels"]],
    ["Pexels", ["pexels"]],
    ["local", ["local"]],
    [
      ["pixabay", "coverr"],
      ["pixabay", "coverr"],
    ],
    ["", []],
    [null, []],
    ["wavespeed", REFUSED],
    ["nowhere", REFUSED],
    [5, REFUSED],
  ],
  video_materials: [
    [[{ url: "a.mp4" }], [{ url: "a.mp4", provider: "local", duration: 0 }]],
    [[{ url: "a.mp4", provider: "pexels", duration: "5" }], [{ url: "a.mp4", provider: "pexels", duration: 5 }]],
    [[{ url: "a.mp4", provider: null, duration: null }], [{ url: "a.mp4", provider: "local", duration: 0 }]],
    [[{ url: "a.mp4", provider: "", duration: "" }], [{ url: "a.mp4", provider: "", duration: 0 }]],
    [[{ provider: "pexels", url: "", duration: 0 }], []],
    [[], []],
    [null, []],
    ["", []],
    ["a.mp4", REFUSED],
    [[{}], REFUSED],
    [[{ url: "a.mp4", duration: -1 }], REFUSED],
    [[{ url: "a.mp4", start: 1 }], REFUSED],
    [Array.from({ length: 101 }, () => ({ url: "a.mp4" })), REFUSED],
  ],
  custom_audio_file: files,
  subtitle_file: files,
  voice_name: texts(200, ""),
  voice_volume: numbers(0, 10, 1),
  voice_rate: numbers(0.25, 4, 1),
  bgm_type: [
    ["random", "random"],
    ["Random", "random"],
    ["custom", "custom"],
    ["sonilo", "sonilo"],
    ["elevenlabs", "elevenlabs"],
    ["none", ""],
    ["", ""],
    [null, ""],
    ["loud", REFUSED],
    [5, REFUSED],
  ],
  bgm_file: files,
  bgm_volume: numbers(0, 10, 0.2),
  clip_volume: numbers(0, 10, 0),
  video_music_prompt: texts(2_000, undefined),
  sonilo_bgm_prompt: texts(2_000, undefined),
  subtitle_enabled: [...switches, [null, true], ["", true]],
  custom_position: numbers(0, 100, 70),
  font_name: texts(1_024, ""),
  font_size: numbers(8, 400, 60),
  text_fore_color: colours("#FFFFFF"),
  stroke_color: colours("#000000"),
  stroke_width: numbers(0, 40, 1.5),
  text_background_color: [
    ...colours(false).filter(([given]) => given !== 5),
    [true, true],
    ["true", true],
    ["False", false],
    [0, false],
    ["transparent", false],
    ["None", false],
    [5, REFUSED],
  ],
  n_threads: wholeNumbers(1, 64, 2),
  paragraph_number: wholeNumbers(1, 10, 1),
  video_script_prompt: texts(2_000, ""),
  custom_system_prompt: texts(8_000, ""),
  stop_at: names(["script", "terms", "audio", "subtitle", "materials", "video"], "video"),
  dry_run: [...switches, [null, false], ["", false]],
  callback_url: [
    ["", null],
    [null, null],
    ["https://x.example/hook", "https://x.example/hook"],
    ["ftp://x.example", REFUSED],
    [5, REFUSED],
  ],
  idempotency_key: [
    ["a", "a"],
    [null, null],
    ["", REFUSED],
    [text(256), REFUSED],
  ],
};

/** The stored value of a field, or the fields that the error names. */
function stored(field: string, body: object): unknown {
  try {
    const request: Record<string, unknown> = parseVideoRequest(body).request;
    return request[field];
  } catch (error) {
    expect(messageOf(error).split(/[:[]/)[0]).toBe(field);
    return REFUSED;
  }
}

const rows = Object.entries(fields).flatMap(([field, cases]) =>
  cases.map(([given, expected]): [string, unknown, unknown] => [field, given, expected]),
);

test("every value that MoneyPrinterTurbo and web forms send for a field is stored with the right type, and others are refused", () => {
  for (const [field, given, expected] of rows) {
    const body = { ...least, ...(field === "video_materials" ? {} : least), [field]: given };
    expect(stored(field, body), `${field}: ${JSON.stringify(given)?.slice(0, 100)}`).toEqual(expected);
  }
});

test("a stored request can be read again, whatever values its fields had", () => {
  for (const [field, given, expected] of rows) {
    if (expected === REFUSED) continue;
    const { request } = parseVideoRequest({ ...least, [field]: given });
    expect(videoRequestSchema.parse(JSON.parse(JSON.stringify(request))), field).toEqual(request);
  }
});

test("a material with every field of MoneyPrinterTurbo is accepted", () => {
  const material = { provider: "local", url: "a.mp4", duration: 3, source_info: { id: 5, author: "x" } };
  expect(parseVideoRequest({ video_materials: [material] }).request.video_materials).toEqual([
    { provider: "local", url: "a.mp4", duration: 3 },
  ]);
});

test("a material of another provider is ignored if footage is searched, and the warning names it", () => {
  const body = {
    video_subject: "Cats",
    video_source: "pexels",
    video_materials: [{ provider: "pexels", url: "string", duration: 0 }, { url: "mine.mp4" }],
  };
  const { request, warnings } = parseVideoRequest(body);
  expect(request.video_materials.map(({ url }) => url)).toEqual(["mine.mp4"]);
  expect(warnings).toEqual([{ code: "materials_ignored", message: expect.stringContaining('"string"') }]);
});

test("video_fit_mode is another name for video_fit, and a request with two different values is refused", () => {
  expect(parseVideoRequest({ ...least, video_fit_mode: "contain" }).request).toMatchObject({ video_fit: "contain" });
  expect(parseVideoRequest({ ...least, video_fit_mode: "contain" }).request).not.toHaveProperty("video_fit_mode");
  const same = { ...least, video_fit_mode: "contain", video_fit: "Contain" };
  expect(parseVideoRequest(same).request.video_fit).toBe("contain");
  expect(parseVideoRequest({ ...least, video_fit_mode: null, video_fit: "blur" }).request.video_fit).toBe("blur");
  const different = { ...least, video_fit_mode: "contain", video_fit: "cover" };
  expect(() => parseVideoRequest(different)).toThrow(/^video_fit_mode: is "contain", but video_fit/);
  expect(() => parseVideoRequest({ ...least, video_fit_mode: "stretch" })).toThrow(/^video_fit_mode: /);
});

test("a source that generates clips for money is refused with the sources that there are", () => {
  expect(() => parseVideoRequest({ ...least, video_source: "WaveSpeed" })).toThrow(
    /^video_source: "WaveSpeed" generates clips for money, .* use "local", "pexels", "pixabay", "coverr", "image"/,
  );
});

test("music that nobody can generate is left out, with the warning of MoneyPrinterTurbo for each video", () => {
  const { warnings } = parseVideoRequest({ ...least, bgm_type: "sonilo", sonilo_bgm_prompt: "calm", video_count: 2 });
  expect(warnings.map(({ code, video_index }) => [code, video_index])).toEqual([
    ["sonilo_bgm_failed", 1],
    ["sonilo_bgm_failed", 2],
  ]);
  const codes = (fields: object) => parseVideoRequest({ ...least, ...fields }).warnings.map(({ code }) => code);
  expect(codes({ bgm_type: "elevenlabs" })).toEqual(["elevenlabs_bgm_failed"]);
  expect(codes({ bgm_type: "elevenlabs", bgm_volume: 0 })).toEqual([]);
  expect(codes({ bgm_type: "custom" })).toEqual(["music_missing"]);
  expect(codes({ video_music_prompt: "calm" })).toEqual(["music_prompt_ignored"]);
  expect(codes({ video_music_prompt: "" })).toEqual([]);
});

test.each([
  ["video_scrpit", "video_script"],
  ["script", "video_script"],
  ["videoSubject", "video_subject"],
  ["video-subject", "video_subject"],
  ["bgm_volum", "bgm_volume"],
  ["text_color", "text_fore_color"],
  ["voice", "voice_name"],
  ["fontsize", "font_size"],
])("the unknown field %s is refused with the suggestion %s", (unknown, known) => {
  expect(() => parseVideoRequest({ ...least, [unknown]: "x" })).toThrow(
    `${unknown}: unknown field, did you mean ${known}?`,
  );
});

test("an unknown field that resembles no field is refused without a suggestion", () => {
  expect(() => parseVideoRequest({ ...least, metadata: {} })).toThrow(/^metadata: unknown field$/);
  expect(() => parseVideoRequest({ video_materials: [{ url: "a.mp4", duratoin: 1 }] })).toThrow(
    /^video_materials\[0\]\.duratoin: unknown field, did you mean duration\?$/,
  );
});

test("unknown fields are ignored with a warning each if the request is not strict, and other errors stay", () => {
  const body = { video_materials: [{ url: "a.mp4", start: 1 }], metadata: {}, __proto__x: 1 };
  const { request, warnings } = parseVideoRequest(body, false);
  expect(request.video_materials).toEqual([{ url: "a.mp4", provider: "local", duration: 0 }]);
  expect(warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
    "field_ignored video_materials.0.start: unknown field, ignored",
    "field_ignored metadata: unknown field, ignored",
    "field_ignored __proto__x: unknown field, ignored",
  ]);
  expect(() => parseVideoRequest({ ...least, metadata: {}, video_count: 99 }, false)).toThrow(/^video_count: /);
});

test.each([
  ["scripts", scriptRequestSchema, { video_language: null, paragraph_number: "3", video_script_prompt: null }],
  ["scripts", scriptRequestSchema, { paragraph_number: 3, video_language: "", custom_system_prompt: "" }],
  ["terms", termsRequestSchema, { video_script: null, amount: "5", match_materials_to_script: "true" }],
  ["terms", termsRequestSchema, { video_script: "", amount: null, match_materials_to_script: 0 }],
  ["social-metadata", socialMetadataRequestSchema, { video_script: "", language: null, platform: "" }],
  ["social-metadata", socialMetadataRequestSchema, { language: "", platform: "TikTok" }],
])("a request for %s accepts null, empty text and numbers as text (case %#)", (_, schema, fields) => {
  const { request } = readRequest(schema, { video_subject: "Cats", ...fields }, true);
  const schemaOf: Record<string, unknown> = request;
  expect(schemaOf).toMatchObject({
    video_subject: "Cats",
    ...("paragraph_number" in fields ? { paragraph_number: 3, video_language: "" } : {}),
    ...("amount" in fields ? { amount: 5, video_script: "" } : {}),
    ...("platform" in fields ? { platform: "tiktok", language: "auto" } : {}),
  });
});

test.each([
  [scriptRequestSchema, "paragraph_number", 11],
  [scriptRequestSchema, "video_script_prompt", text(2_001)],
  [scriptRequestSchema, "custom_system_prompt", text(8_001)],
  [termsRequestSchema, "amount", 51],
  [termsRequestSchema, "amount", 0],
  [socialMetadataRequestSchema, "video_subject", text(501)],
  [socialMetadataRequestSchema, "video_script", text(8_001)],
  [socialMetadataRequestSchema, "platform", "vimeo"],
])("a request for a text beyond a limit is refused with the field's name (case %#)", (schema, field, value) => {
  const body = { video_subject: "Cats", [field]: value };
  expect(() => readRequest(schema, body, true)).toThrow(new RegExp(`^${field}: `));
});
