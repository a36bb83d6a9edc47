import type { MakePictureRequest } from "../../../src/protocol/author.ts";
import type { Context } from "../calls/provider-call.ts";

export interface Picture {
  image: Uint8Array<ArrayBuffer>;
  mediaType: string;
  model: string;
}

/** A provider of pictures. One file per vendor. */
export interface PictureProvider {
  name: string;
  /** For messages. */
  title: string;
  /** @throws ProviderError */
  make(request: MakePictureRequest): Promise<Picture>;
}

/** Makes a provider, or returns null if its settings are missing. */
export type PictureProviderFactory = (context: Context) => PictureProvider | null;
