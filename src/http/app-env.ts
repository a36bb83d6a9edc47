import type { Scope } from "../auth/scopes.ts";
import type { Env } from "../env.ts";

/** What a request may see: what is public, an owner's own tasks and files, or what its link was signed for. */
export type Access =
  | { via: "nothing" }
  | {
      via: "owner";
      owner: string;
      scopes: readonly Scope[];
      /** When the key has to be checked again, in Unix milliseconds. */
      until: number;
    }
  | {
      via: "link";
      /** When the link expires, in Unix seconds. */
      expires: number;
    };

/** Hono's environment in every route of the service. */
export interface AppEnv {
  Bindings: Env;
  Variables: { access: Access };
}
