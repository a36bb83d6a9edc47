import type { Config } from "../config.ts";
import { renderServerRenderer } from "./render-server-renderer.ts";
import type { Renderer } from "./renderer.ts";

/**
 * Native ffmpeg behind a render server (`container/`) that runs elsewhere.
 *
 * @param url the server's origin, without a slash at the end.
 */
export function httpRenderer(url: string, config: Config): Renderer {
  return renderServerRenderer("http", config, async () => ({
    call: (path, init) => fetch(url + path, init),
    end: async () => undefined,
  }));
}
