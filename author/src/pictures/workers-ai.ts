import { readWorkersAiFile, runWorkersAi, WORKERS_AI } from "../calls/workers-ai-call.ts";
import { checkPicture, modelSize } from "./picture.ts";
import type { PictureProviderFactory } from "./provider.ts";

/** Makes pictures of any shape. flux-1-schnell only makes square ones. */
const MODEL = "@cf/leonardo/phoenix-1.0";
const MAX_SIDE = 1536;
/** Max characters of a prompt. */
const MAX_PROMPT = 2048;

/** Pictures by Workers AI. */
export const workersAi: PictureProviderFactory = (context) => {
  if (!context.bindings.AI) return null;
  return {
    name: "workers-ai",
    title: WORKERS_AI,
    async make({ prompt, ...wish }) {
      const input = { prompt: prompt.slice(0, MAX_PROMPT), ...modelSize(wish, MAX_SIDE) };
      const answer = await runWorkersAi("picture", MODEL, input, context);
      return { ...checkPicture(await readWorkersAiFile(answer, "image"), WORKERS_AI), model: MODEL };
    },
  };
};
