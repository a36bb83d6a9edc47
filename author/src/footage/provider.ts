import type { SearchFootageRequest, StockClip } from "../../../src/protocol/author.ts";
import type { Context } from "../calls/provider-call.ts";

/** A search at one provider. */
export type FootageSearch = Omit<SearchFootageRequest, "provider">;

/** A provider of stock footage. One file per vendor. */
export interface FootageProvider {
  name: string;
  /** For messages. */
  title: string;
  /** Finds clips. The list may be empty. @throws ProviderError */
  search(search: FootageSearch): Promise<StockClip[]>;
}

export interface FootageVendor {
  name: string;
  /** What to set to get it, as a sentence. */
  hint: string;
  /** Null if its key is missing. */
  create(context: Context): FootageProvider | null;
}
