import type { EmbeddedVoiceService } from "../../src/protocol/embedded-voice.ts";

/** What the author Worker is bound to. Both bindings are optional. */
export interface Bindings {
  /** Workers AI. Bound when deployed; see wrangler.deployed.toml. */
  AI?: Ai;
  /** The embedded voice (`voice/`). Its methods answer only if that Worker runs. */
  VOICE?: EmbeddedVoiceService;
}
