import { writeWav } from "../../../src/authoring/sound/wav.ts";
import type { AuthorReply, AuthorService } from "../../../src/protocol/author.ts";
import type { VendorName } from "../../support/providers/server.ts";
import { callAuthor, type Environment, providers } from "./call-author.ts";

export const script = { subject: "coral reefs", language: "", paragraphs: 1, prompt: "", systemPrompt: "" };
export const terms = {
  subject: "coral reefs",
  script: "Reefs are old. They are alive.",
  amount: 3,
  inScriptOrder: true,
};
export const search = { term: "ocean waves", orientation: "portrait", page: 1, shortSide: 720 } as const;
export const sentence = (voice: string) => ({ text: "Hello, small world.", voice, language: "", rate: 1 });

type Call = { [M in keyof AuthorService]: [M, Parameters<AuthorService[M]>] }[keyof AuthorService];

/** A call of the author Worker that asks each vendor once. */
export const callOf: Record<VendorName, Call> = {
  llm: ["writeTerms", [terms]],
  speech: ["speak", [sentence("openai:alloy")]],
  transcription: ["transcribe", [{ audio: writeWav(8000, new Int16Array(8000)), language: "en" }]],
  kokoro: ["speak", [sentence("kokoro:af_heart")]],
  elevenlabs: ["speak", [sentence("elevenlabs:21m00Tcm4TlvDq8ikWAM")]],
  azure: ["speak", [sentence("azure:en-US-JennyNeural")]],
  pexels: ["searchFootage", [{ provider: "pexels", ...search }]],
  pixabay: ["searchFootage", [{ provider: "pixabay", ...search }]],
  coverr: ["searchFootage", [{ provider: "coverr", ...search }]],
  images: ["makePicture", [{ prompt: "a reef", width: 1080, height: 1920 }]],
};

/** Asks a vendor, with the settings of this vendor only. */
export async function askVendor(vendor: VendorName, environment: Environment = {}): Promise<AuthorReply<unknown>> {
  const [method, args] = callOf[vendor];
  const settings = { ...providers.settings(vendor), ...environment.settings };
  const { result } = await callAuthor(method, args as never, { ...environment, settings });
  return result as AuthorReply<unknown>;
}
