import { readConfig } from "../config.ts";
import type { Env } from "../env.ts";
import type { RendererKind } from "../tasks/jobs.ts";
import type { Renderer } from "./renderer.ts";
import { wasmRenderer } from "./wasm-renderer.ts";

/** The renderer new tasks are planned for. */
export function chooseRenderer(env: Env): Renderer {
  return rendererOf("wasm", env);
}

/** The renderer a task was planned for. */
export function rendererOf(kind: RendererKind, env: Env): Renderer {
  switch (kind) {
    case "wasm":
      return wasmRenderer(env.WASM, readConfig(env));
  }
}
