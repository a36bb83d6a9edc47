import type { Scope } from "../auth/scopes.ts";
import type { Env } from "../env.ts";

/** What a request may see: public pages (`nothing`), its owner's tasks and files, or what its signed link is for. */
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

/** The environment of every Hono route: bindings, and variables that the middleware sets. */
export interface AppEnv {
  Bindings: Env;
  Variables: { access: Access };
}
