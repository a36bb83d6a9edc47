import { z } from "zod";
import { type SearchFootageRequest, type StockClip, stockClipSchema } from "../../protocol/author.ts";
import { log, messageOf } from "../../util/log.ts";
import { sha256Hex } from "../../util/sha256.ts";

/** How long the result of a search is used again. Pixabay asks for at least 24 hours. */
const RESULT_LIFETIME_SECONDS = 86_400;

/**
 * Returns what the same search found in the last 24 hours, or searches. The cache is the data centre's (Cache API), so it
 * empties itself. If it fails, the provider is asked.
 */
export async function cachedSearch(
  request: SearchFootageRequest,
  search: () => Promise<StockClip[]>,
): Promise<StockClip[]> {
  const key = `https://footage-searches.invalid/${await sha256Hex(JSON.stringify(request))}`;
  try {
    const known = await caches.default.match(key);
    if (known) return z.array(stockClipSchema).parse(await known.json());
  } catch (error) {
    log("search_cache_failed", { message: messageOf(error) });
  }
  const clips = await search();
  const headers = { "content-type": "application/json", "cache-control": `max-age=${RESULT_LIFETIME_SECONDS}` };
  await caches.default
    .put(key, new Response(JSON.stringify(clips), { headers }))
    .catch((error: unknown) => log("search_cache_failed", { message: messageOf(error) }));
  return clips;
}
