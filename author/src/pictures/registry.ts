import type { Context } from "../calls/provider-call.ts";
import { openAiCompatible } from "./openai-compatible.ts";
import type { PictureProvider, PictureProviderFactory } from "./provider.ts";
import { workersAi } from "./workers-ai.ts";

/** All picture providers in order of preference, as docs/providers.md lists them. */
const factories: readonly PictureProviderFactory[] = [openAiCompatible, workersAi];

/** The picture providers that have their settings, in order of preference. */
export function pictureProviders(context: Context): PictureProvider[] {
  return factories.flatMap((factory) => factory(context) ?? []);
}

export const PICTURE_HINT =
  "Set IMAGE_API_KEY, or IMAGE_URL for a server with OpenAI's protocol, to make pictures. A deployed service has Workers AI.";
