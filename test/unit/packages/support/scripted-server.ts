import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that the server received. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An answer: a response, or a connection that breaks off. */
export type ScriptedAnswer = { status: number; headers?: Record<string, string>; body?: unknown } | "break off";

/** An HTTP server on loopback that gives answers in their order, and the last one again and again. */
export async function scriptedServer(...answers: readonly ScriptedAnswer[]) {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers } = request;
    const answer = answers[Math.min(seen.length, answers.length - 1)];
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    if (answer === undefined || answer === "break off") {
      request.socket.destroy();
      return;
    }
    const { status, body, headers: more } = answer;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, { "content-type": "application/json", ...more }).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The envelope of a successful answer. */
export const success = (data: unknown): ScriptedAnswer => ({
  status: 200,
  body: { status: 200, message: "success", data },
});

/** An error answer of the service. */
export const refusal = (status: number, code: string, message: string, headers = {}): ScriptedAnswer => ({
  status,
  headers: { "x-error-code": code, ...headers },
  body: { status, message, data: null },
});
