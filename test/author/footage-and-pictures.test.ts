import { afterEach, expect, test } from "vitest";
import { stockClipSchema } from "../../src/protocol/author.ts";
import { callAuthor, done, failure, providers } from "./support/call-author.ts";
import { search } from "./support/calls.ts";

afterEach(() => providers.reset());

const settings = providers.settings();
const vendors = ["pexels", "pixabay", "coverr"] as const;

test.each([
  ["pexels", { page: "2", orientation: "portrait", query: "ocean waves", per_page: "80" }],
  [
    "pixabay",
    {
      page: "2",
      q: "ocean waves",
      lang: "en",
      min_width: "720",
      min_height: "720",
      per_page: "100",
      key: expect.any(String),
    },
  ],
  ["coverr", { page: "1", query: "ocean waves", urls: "true", filter: "is_vertical:true", page_size: "50" }],
] as const)("%s is searched in the documented form", async (provider, query) => {
  await done("searchFootage", [{ ...search, provider, page: 2 }], { settings });
  expect(await providers.log()).toMatchObject([{ vendor: provider, method: "GET", query, outcome: "answered" }]);
});

test.each(vendors)("clips of %s have credits, a thumbnail, and files from the smallest", async (provider) => {
  const { value } = await done("searchFootage", [{ ...search, provider }], { settings });
  expect(value.clips).toHaveLength(4);
  for (const clip of value.clips.map((item) => stockClipSchema.parse(item))) {
    expect(clip).toMatchObject({
      provider,
      page: expect.stringMatching(/^https:/),
      licence: expect.stringContaining("https://"),
      thumbnail: expect.stringMatching(/\/thumbnail\.png$/),
    });
    const sizes = clip.files.map(({ width, height }) => width * height);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(clip.files.every(({ url }) => !url.includes("m3u8") && !url.includes("key"))).toBe(true);
  }
});

test("clips without a length and files without a size are left out", async () => {
  await providers.misbehave("pexels", "nulls");
  const { value } = await done("searchFootage", [{ ...search, provider: "pexels" }], { settings });
  expect(value.clips.map(({ files }) => files.map(({ width }) => width))).toEqual([
    [360, 1080],
    [360, 1080],
    [360, 1080],
  ]);
});

test("Coverr's clips without a size get that of their orientation, and lengths written as text are read", async () => {
  await providers.misbehave("coverr", "no_size");
  const { value } = await done("searchFootage", [{ ...search, provider: "coverr" }], { settings });
  expect(value.clips[1]).toMatchObject({ duration: 10.5, files: [{ width: 1080, height: 1920 }] });
});

test("a search term is cut to Pixabay's limit of 100 characters", async () => {
  const { value } = await done("searchFootage", [{ ...search, provider: "pixabay", term: "x".repeat(200) }], {
    settings,
  });
  expect(value.clips).toHaveLength(4);
});

test("files at addresses that may not be fetched are left out", async () => {
  const strict = { ...settings, OUTBOUND_ALLOW: `${providers.host},localhost` };
  expect(
    (await done("searchFootage", [{ ...search, provider: "pexels" }], { settings: strict })).value.clips,
  ).toHaveLength(4);
});

test.each(vendors)("no clips at %s is footage_not_found", async (provider) => {
  await providers.misbehave(provider, "empty");
  expect(await failure("searchFootage", [{ ...search, provider }], { settings })).toMatchObject({
    ...{ code: "footage_not_found", retryable: false, message: expect.stringContaining('"ocean waves"') },
  });
});

test("a provider without a key is unavailable, and the message says what to set", async () => {
  expect(await failure("searchFootage", [{ ...search, provider: "pexels" }])).toMatchObject({
    ...{ code: "footage_unavailable", retryable: false, message: expect.stringContaining("PEXELS_API_KEY") },
  });
  expect(await failure("searchFootage", [{ ...search, provider: "shutterstock" }])).toMatchObject({
    ...{ code: "footage_unavailable", message: expect.stringContaining("pexels, pixabay, coverr") },
  });
});

test.each([null, "url"])(
  "pictures of a server with OpenAI's protocol are read as base64 and from an address: %s",
  async (how) => {
    await providers.misbehave("images", how);
    const { value } = await done("makePicture", [{ prompt: "a reef", width: 1080, height: 1920 }], { settings });
    expect(value).toMatchObject({ mediaType: "image/png", provider: "openai", model: "fake-image" });
    expect(value.image.length).toBeGreaterThan(100);
    const [asked] = await providers.log();
    expect(asked?.body).toEqual({ model: "fake-image", prompt: "a reef", n: 1, size: "896x1536" });
  },
);

test.each([
  ["gpt-image-1", "1024x1536"],
  ["dall-e-3", "1024x1792"],
  ["dall-e-2", "1024x1024"],
])("%s is asked for a size that it has", async (model, size) => {
  await done("makePicture", [{ prompt: "a reef", width: 1080, height: 1920 }], {
    settings: { ...settings, IMAGE_MODEL: model },
  });
  expect(await providers.log()).toMatchObject([{ body: { size } }]);
});

test("Workers AI makes the picture if the first provider fails, and a warning says so", async () => {
  await providers.misbehave("images", "500");
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]).toString("base64");
  const ai = { "@cf/leonardo/phoenix-1.0": { image: png } };
  const { result, asked } = await callAuthor("makePicture", [{ prompt: "a reef", width: 1080, height: 1920 }], {
    settings,
    ai,
  });
  expect(result).toMatchObject({
    value: { provider: "workers-ai", model: "@cf/leonardo/phoenix-1.0", mediaType: "image/png" },
    warnings: [expect.stringContaining("IMAGE_URL")],
  });
  expect(asked).toEqual([{ model: "@cf/leonardo/phoenix-1.0", input: { prompt: "a reef", width: 896, height: 1536 } }]);
});

/** The first bytes of files. */
const heads = {
  "image/jpeg": [0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0],
  "image/png": [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0],
  "image/webp": [...Buffer.from("RIFF\x10\0\0\0WEBPVP8 ")],
};
const base64 = (bytes: readonly number[] | string) => Buffer.from(bytes as string).toString("base64");
const PHOENIX = "@cf/leonardo/phoenix-1.0";
const picture = { prompt: "a reef", width: 1080, height: 1920 };

// Phoenix and Stable Diffusion answer a stream of bytes, Lucid Origin and Flux base64 in the field `image`.
test.each(["a stream", "a response", "an array buffer", "bytes", "base64", "base64 in a field"])(
  "a picture of Workers AI is read from %s, in each format",
  async (form) => {
    for (const [mediaType, head] of Object.entries(heads)) {
      const ai = { [PHOENIX]: { file: base64(head), as: form } };
      const { value } = await done("makePicture", [picture], { ai });
      expect(value).toMatchObject({ mediaType, provider: "workers-ai", model: PHOENIX });
      expect([...value.image]).toEqual(head);
    }
  },
);

test.each<[string, object, string, boolean]>([
  ["no bytes", { file: "", as: "a stream" }, "provider_failed", true],
  ["a page", { file: base64("<!DOCTYPE html><p>Sign in"), as: "a stream" }, "provider_failed", true],
  [
    "a body that breaks off",
    { file: base64(heads["image/jpeg"]), as: "a stream that breaks off" },
    "provider_failed",
    true,
  ],
  ["an object without a picture", { result: [] }, "provider_failed", true],
  ["a picture that is null", { image: null }, "provider_failed", true],
  ["text that is not base64", { image: "%%%" }, "provider_failed", true],
  ["too little capacity", { error: "3040: Capacity temporarily exceeded, please try again." }, "provider_limit", true],
  ["too many requests", { error: "3039: Request rate limit exceeded" }, "provider_limit", true],
  [
    "that the day's free use is over",
    { error: "3036: You have used up your daily free allocation of 10,000 neurons" },
    "provider_limit",
    false,
  ],
  ["that there is no such model", { error: "5007: No such model" }, "provider_refused", false],
  [
    "that the prompt is refused",
    { error: "5006: Error: required properties at '/' are 'prompt'" },
    "provider_refused",
    false,
  ],
  ["an error of the model", { error: "InferenceUpstreamError: internal error" }, "provider_failed", true],
  ["that it is not on this machine", { error: "Binding AI needs to be run remotely" }, "picture_unavailable", false],
])(
  "if Workers AI answers a request for a picture with %s, the failure has its code",
  async (_, answer, code, retryable) => {
    const failed = await failure("makePicture", [picture], { ai: { [PHOENIX]: answer } });
    expect(failed).toMatchObject({ code, retryable });
    expect(failed.message).toMatch(/^Workers AI .{10,}/);
  },
);
