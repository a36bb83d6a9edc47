import type { Context } from "../calls/provider-call.ts";
import { coverr } from "./coverr.ts";
import { pexels } from "./pexels.ts";
import { pixabay } from "./pixabay.ts";
import type { FootageProvider, FootageVendor } from "./provider.ts";

/** All providers of footage, in the order of docs/providers.md. */
const vendors: readonly FootageVendor[] = [pexels, pixabay, coverr];

/** The footage providers that have a key. */
export function footageProviders(context: Context): FootageProvider[] {
  return vendors.flatMap((vendor) => vendor.create(context) ?? []);
}

/** What to set to get each provider of footage. */
export const footageHints: Record<string, string> = Object.fromEntries(vendors.map(({ name, hint }) => [name, hint]));
