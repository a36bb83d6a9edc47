import { z } from "zod";
import { callOpenAi } from "../calls/openai-call.ts";
import { callProvider } from "../calls/provider-call.ts";
import { unreadable } from "../calls/provider-error.ts";
import { readBase64, readJson } from "../calls/read-answer.ts";
import { checkPicture, modelSize, nearestSize, type Size } from "./picture.ts";
import type { PictureProviderFactory } from "./provider.ts";

const TITLE = "The OpenAI-compatible picture server (IMAGE_URL)";
const OWN_ADDRESS = "https://api.openai.com/v1";
/** Max characters of a prompt: that of dall-e-3. */
const MAX_PROMPT = 4000;

const answerSchema = z.object({
  data: z.array(z.object({ b64_json: z.string().nullish(), url: z.string().nullish() })).min(1),
});

const square = { width: 1024, height: 1024 };

/** The sizes of OpenAI's models. Other models take any multiple of 64. */
function sizeFor(model: string, wish: Size): Size {
  const sideways = (long: number) =>
    [square, { width: long, height: 1024 }, { width: 1024, height: long }] as const satisfies Size[];
  if (/gpt-image/i.test(model)) return nearestSize(wish, sideways(1536));
  if (/dall-e-3/i.test(model)) return nearestSize(wish, sideways(1792));
  if (/dall-e/i.test(model)) return square;
  return modelSize(wish, 1536);
}

/** `POST {IMAGE_URL}/images/generations`: OpenAI, and servers that speak its protocol. */
export const openAiCompatible: PictureProviderFactory = (context) => {
  const { IMAGE_URL, IMAGE_API_KEY, IMAGE_MODEL } = context.settings;
  if (IMAGE_URL === undefined && IMAGE_API_KEY === undefined) return null;
  const call = {
    provider: TITLE,
    kind: "picture",
    settings: { key: "IMAGE_API_KEY", others: "IMAGE_URL and IMAGE_MODEL" },
  } as const;

  return {
    name: "openai",
    title: TITLE,

    async make({ prompt, ...wish }) {
      const { width, height } = sizeFor(IMAGE_MODEL, wish);
      const body = { model: IMAGE_MODEL, prompt: prompt.slice(0, MAX_PROMPT), n: 1, size: `${width}x${height}` };
      const headers = {
        "content-type": "application/json",
        ...(IMAGE_API_KEY === undefined ? {} : { authorization: `Bearer ${IMAGE_API_KEY}` }),
      };
      const request = { ...call, headers, body: JSON.stringify(body) };
      const answer = await callOpenAi(request, IMAGE_URL ?? OWN_ADDRESS, "/images/generations", context);
      const [made] = readJson(answer, answerSchema, TITLE).data;
      return { ...checkPicture(await bytesOf(made ?? {}), TITLE), model: IMAGE_MODEL };
    },
  };

  async function bytesOf({ b64_json, url }: { b64_json?: string | null | undefined; url?: string | null | undefined }) {
    if (b64_json) return readBase64(b64_json, TITLE);
    if (url?.startsWith("data:")) return readBase64(url, TITLE);
    // The key is not sent there: the file may be at another host.
    if (url && URL.canParse(url)) return (await callProvider({ ...call, url }, context)).bytes;
    throw unreadable(TITLE, "without a picture");
  }
};
