import type { MadePicture, MakePictureRequest } from "../../../src/protocol/author.ts";
import { type Attempted, firstThatWorks } from "../calls/first-that-works.ts";
import type { Context } from "../calls/provider-call.ts";
import { unavailable } from "../calls/provider-error.ts";
import { PICTURE_HINT, pictureProviders } from "./registry.ts";

/** Makes a picture with the first provider that can. */
export function makePicture(request: MakePictureRequest, context: Context): Promise<Attempted<MadePicture>> {
  return firstThatWorks(
    pictureProviders(context),
    async (provider) => ({ ...(await provider.make(request)), provider: provider.name }),
    () => unavailable("picture", `There is no provider of pictures. ${PICTURE_HINT}`),
  );
}
