import type { Scope } from "../auth/scopes.ts";
import type { UploadBindings } from "../library/upload-file.ts";
import type { CreateTaskBindings } from "../tasks/create/create-task.ts";
import type { TaskLinks } from "../tasks/view/task-links.ts";

/** The Worker's bindings that the tools need. */
export interface McpBindings extends CreateTaskBindings, UploadBindings {}

/** Who calls a tool, and what the tool may do for them. */
export interface Caller {
  env: McpBindings;
  owner: string;
  scopes: readonly Scope[];
  /** The origin that the service's URLs begin with. */
  origin: string;
  /** Makes links to files that the caller may open. */
  links: TaskLinks;
  /**
   * How long the caller is known to be allowed, in milliseconds, at least 1. Checks again if that time is over.
   *
   * @throws AccessError if the caller is no longer allowed.
   */
  accessTimeLeftMs(): Promise<number>;
}

/** How far a call is. */
export interface Progress {
  /** 0 to 100. */
  progress: number;
  message: string;
}

/** What a tool is called with, besides its arguments. */
export interface ToolCall {
  caller: Caller;
  /** Tells the client how far the call is. Does nothing if the client did not ask for it. */
  report(progress: Progress): void;
  /** Aborts when the client no longer waits. */
  signal: AbortSignal;
}
