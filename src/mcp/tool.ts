import { z } from "zod";
import { describeIssues } from "../api/describe-issues.ts";
import { CodedError, errorTable } from "../api/errors.ts";
import { grants, type Scope } from "../auth/scopes.ts";
import { clientError } from "../tasks/client-error.ts";
import type { ToolCall } from "./caller.ts";

/** A block of a result: what people and models read. */
export type Content =
  | { type: "text"; text: string }
  | { type: "image"; data: string; mimeType: string }
  | { type: "resource_link"; uri: string; name: string; title?: string; mimeType: string; description?: string };

/** What a tool answers: data that fits the tool's output schema, and the same to read. */
export interface ToolAnswer<T = object> {
  data: T;
  content: Content[];
}

/** Hints about what a tool changes. */
interface ToolNature {
  /** `reads` changes nothing, `adds` only adds something, `destroys` ends or removes something. */
  effect: "reads" | "adds" | "destroys";
  /** Whether a second call with the same arguments changes nothing more. */
  idempotent: boolean;
  /** Whether the tool fetches from addresses that the caller gives. */
  openWorld?: boolean;
}

/** A tool that models call. */
export interface Tool<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  name: string;
  title: string;
  /** For models: what it does, when to use it, and what to do next. */
  description: string;
  nature: ToolNature;
  input: I;
  output: O;
  run(given: z.output<I>, call: ToolCall): Promise<ToolAnswer<z.input<O>>>;
}

/** Lets TypeScript infer the types of a tool's arguments and data. */
export function defineTool<I extends z.ZodType, O extends z.ZodType>(tool: Tool<I, O>): Tool {
  return tool as unknown as Tool;
}

/** The scope that an API key needs for a tool. */
export function scopeOf({ nature }: Tool): Scope {
  return nature.effect === "reads" ? "read" : "write";
}

/** A tool as `tools/list` shows it. */
export function describeTool({ name, title, description, nature, input, output }: Tool): object {
  return {
    name,
    title,
    description,
    inputSchema: schemaOf(input, "input"),
    outputSchema: schemaOf(output, "output"),
    annotations: {
      title,
      readOnlyHint: nature.effect === "reads",
      destructiveHint: nature.effect === "destroys",
      idempotentHint: nature.idempotent,
      openWorldHint: nature.openWorld ?? false,
    },
  };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return portable(rest) as object;
}

/**
 * Says a schema in a way that every client understands: some map schemas to dialects in which a type is one name and `{}`
 * is no schema. The pattern of a format is left out, because models read the format.
 */
function portable(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(portable);
  if (typeof part !== "object" || part === null) return part;
  const said = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, portable(value)]));
  if (typeof said.format === "string") delete said.pattern;
  if (JSON.stringify(said.additionalProperties) === "{}") {
    said.additionalProperties = true;
    delete said.propertyNames;
  }
  const { type, description, ...rest } = said;
  if (!Array.isArray(type)) return said;
  const forms = type.map((name) => (name === "null" ? { type: name } : { ...rest, type: name }));
  return { anyOf: forms, ...(description === undefined ? {} : { description }) };
}

/** The result of `tools/call`. An error of the use case is a result too, so that the model can correct itself. */
export async function callTool(tool: Tool, given: unknown, call: ToolCall): Promise<object> {
  try {
    const scope = scopeOf(tool);
    if (!grants(call.caller.scopes, scope)) {
      throw new CodedError("forbidden", `this API key may not use ${tool.name}: it needs the scope ${scope}`);
    }
    const parsed = tool.input.safeParse(given ?? {});
    if (!parsed.success) throw new CodedError("invalid_request", describeIssues(parsed.error));
    const { data, content } = await tool.run(parsed.data, call);
    return { content, structuredContent: data, isError: false };
  } catch (error) {
    call.signal.throwIfAborted();
    return errorResult(clientError(error), tool);
  }
}

function errorResult(error: CodedError, tool: Tool): object {
  const { code, message, retryable } = error;
  return {
    content: [{ type: "text", text: `${code}: ${message}\nWhat to do: ${adviceFor(error, tool)}` }],
    isError: true,
    _meta: { "edgereel/error": { code, message, retryable } },
  };
}

/** What a model can do about an error. */
function adviceFor({ code, message, retryable, headers }: CodedError, { input }: Tool): string {
  const seconds = headers["retry-after"];
  if (seconds !== undefined) return `wait ${seconds} seconds, then call the tool again.`;
  switch (code) {
    case "invalid_request":
      if (message.includes("no file named")) return "give an https link, or a name that list_materials returns.";
      if (message.includes(": unknown field") && input instanceof z.ZodObject) return adviceForUnknown(input);
      return "correct the named argument, and call the tool again.";
    case "not_found":
      return "use an id or a name that one of the list tools returns.";
    case "conflict":
      return "look at the task with wait_for_video, and use a tool that fits its stage.";
    case "forbidden":
    case "unauthenticated":
      return "ask the user for an API key that may do this.";
    default:
      return retryable ? "call the tool again later." : errorTable[code].meaning;
  }
}

function adviceForUnknown({ shape }: z.ZodObject): string {
  const others =
    "options" in shape ? " All other fields go into `options`; edgereel://video-request describes them." : "";
  return `the arguments are ${Object.keys(shape).join(", ") || "none"}.${others}`;
}
