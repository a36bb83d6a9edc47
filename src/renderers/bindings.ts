import type { WasmRenderer } from "../../wasm/src/index.ts";
import type { RenderContainer } from "./container/render-container-object.ts";
import type { RenderPool } from "./server/render-pool.ts";

/** The Worker's bindings that renderers use. */
export interface RendererBindings {
  RENDER_CONTAINERS: DurableObjectNamespace<RenderContainer>;
  RENDER_POOL: DurableObjectNamespace<RenderPool>;
  WASM: Service<typeof WasmRenderer>;
}
