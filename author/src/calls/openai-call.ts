import { type Context, callProvider, type ProviderAnswer, type ProviderRequest } from "./provider-call.ts";
import { ProviderError } from "./provider-error.ts";
import { withoutSuffix } from "./provider-url.ts";

/**
 * Calls a path of a server with OpenAI's protocol. Its base ends with `/v1` by convention. If the base has no path, both
 * `/v1` and the root are tried.
 *
 * @param path such as `/chat/completions`. A base that ends with it is accepted too.
 * @throws ProviderError
 */
export async function callOpenAi(
  request: Omit<ProviderRequest, "url">,
  address: string,
  path: string,
  context: Context,
): Promise<ProviderAnswer> {
  const base = withoutSuffix(address, path);
  if (new URL(base).pathname !== "/") return callProvider({ ...request, url: base + path }, context);
  try {
    return await callProvider({ ...request, url: `${base}/v1${path}` }, context);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.status !== 404) throw error;
    // If this fails with 404 too, the first failure is the one to tell: /v1 is the convention.
    return callProvider({ ...request, url: base + path }, context).catch((second: unknown) => {
      throw second instanceof ProviderError && second.status === 404 ? error : second;
    });
  }
}
