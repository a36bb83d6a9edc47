import type { FoundFootage, SearchFootageRequest } from "../../../src/protocol/author.ts";
import type { Attempted } from "../calls/first-that-works.ts";
import type { Context } from "../calls/provider-call.ts";
import { ProviderError, unavailable } from "../calls/provider-error.ts";
import { footageHints, footageProviders } from "./registry.ts";

/** Searches for clips at one provider. Finding nothing is a failure, `footage_not_found`. */
export async function searchFootage(request: SearchFootageRequest, context: Context): Promise<Attempted<FoundFootage>> {
  const provider = footageProviders(context).find(({ name }) => name === request.provider);
  if (!provider) {
    const hint = footageHints[request.provider] ?? `Footage comes from ${Object.keys(footageHints).join(", ")}.`;
    throw unavailable("footage", `The provider ${request.provider} is not set up. ${hint}`);
  }
  const clips = await provider.search(request);
  if (clips.length > 0) return { value: { clips }, warnings: [] };
  const message = `${provider.title} has no footage for ${JSON.stringify(request.term)}`;
  throw new ProviderError("footage_not_found", message, { retryable: false });
}
