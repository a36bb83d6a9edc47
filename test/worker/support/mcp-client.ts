import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { request } from "./bindings.ts";

/** A result of a tool, as tests read it. */
export interface ToolResult {
  isError?: boolean;
  content: { type: string; text?: string; data?: string; uri?: string; mimeType?: string }[];
  structuredContent?: Record<string, unknown>;
}

/** Connects the official MCP client to the Worker under test. `auto` finds out the newest version that both know. */
export async function mcpClient(
  headers: Record<string, string> = {},
  mode: "auto" | "legacy" = "auto",
): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  const fetch = (url: string | URL, init?: RequestInit) => request(new URL(url).pathname, init);
  const transport = new StreamableHTTPClientTransport(new URL("http://edgereel.test/mcp"), {
    fetch: fetch as unknown as typeof globalThis.fetch,
    requestInit: { headers },
  });
  await client.connect(transport);
  return client;
}

/** Calls a tool. */
export async function callTool(client: Client, name: string, given: object = {}, options = {}): Promise<ToolResult> {
  const result = await client.callTool({ name, arguments: { ...given } }, options);
  return result as unknown as ToolResult;
}

/** The text of a result. */
export function textOf({ content }: ToolResult): string {
  return content.flatMap(({ text }) => text ?? []).join("\n");
}
