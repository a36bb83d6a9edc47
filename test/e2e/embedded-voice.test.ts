import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { AuthorReply } from "../../src/protocol/author.ts";
import { type EmbeddedSpeech, MAX_EMBEDDED_TEXT } from "../../src/protocol/embedded-voice.ts";
import { sharedWorkersReady } from "../support/services/shared-workers.ts";

/** Calls the voice as another Worker does, and answers with the reply, the audio as an array. */
const CALLER = `
  export default {
    async fetch(request, { VOICE }) {
      const { leave, ...call } = await request.json();
      if (leave) {
        VOICE.speak(call).catch(() => {});
        return new Response("left");
      }
      if (call.ping) return Response.json(await VOICE.ping());
      const reply = await VOICE.speak(call);
      if (reply.status === "done") reply.value.audio = [...reply.value.audio];
      return Response.json(reply);
    },
  };
`;

let miniflare: Miniflare;

beforeAll(async () => {
  const registry = inject("workerRegistry");
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      unsafeDevRegistryPath: registry,
      workers: [
        {
          name: "voice-caller",
          modules: true,
          script: CALLER,
          compatibilityDate: "2026-11-01",
          serviceBindings: { VOICE: { name: "edgereel-voice", entrypoint: "EmbeddedVoice" } },
        },
      ],
    }),
  );
  await Promise.all([miniflare.ready, sharedWorkersReady(registry)]);
});

afterAll(() => miniflare?.dispose());

const ask = async (body: object) => {
  const response = await miniflare.dispatchFetch("http://caller", { method: "POST", body: JSON.stringify(body) });
  return response.text();
};
const speak = async (request: object) => JSON.parse(await ask(request)) as AuthorReply<EmbeddedSpeech>;
const hello = { text: "Hello, world.", voice: "kal", rate: 1 };

test("the embedded voice speaks when other Workers call it at once", async () => {
  const [reply, again] = await Promise.all([speak(hello), speak(hello), speak({ ...hello, text: "Other." })]);
  expect(reply).toMatchObject({ status: "done", value: { sampleRate: 8000 } });
  expect(again).toEqual(reply);
  if (reply.status !== "done") return;
  const { audio, words } = reply.value;
  const wav = new DataView(Uint8Array.from(audio).buffer);
  expect(words.map(({ text }) => text)).toEqual(["Hello,", "world."]);
  expect(wav.byteLength).toBeGreaterThan(8000);
  expect(wav.getUint32(40, true)).toBe(wav.byteLength - 44);
});

test("the embedded voice refuses what it cannot do, with a code and a reason", async () => {
  const failure = async (change: object) => {
    const reply = await speak({ ...hello, ...change });
    return reply.status === "failed" ? reply.failure : reply.status;
  };
  const refused = (message: RegExp) => ({
    code: "provider_refused",
    message: expect.stringMatching(message),
    retryable: false,
    retryAfterSeconds: null,
  });
  expect(await failure({ voice: "alloy" })).toEqual({
    ...refused(/only these voices: slt, rms, awb, kal/),
    code: "voice_unavailable",
  });
  expect(await failure({ text: "🙂" })).toEqual(refused(/no word/));
  expect(await failure({ text: "a".repeat(MAX_EMBEDDED_TEXT + 1) })).toEqual(refused(/max is 2000/));
  expect(await failure({ text: 5 })).toEqual(refused(/text: /));
  expect(await failure({ rate: 9 })).toEqual(refused(/rate: /));
});

test("a caller that leaves does not stop the embedded voice from speaking for the next one", async () => {
  expect(await ask({ ...hello, leave: true })).toBe("left");
  expect(await speak(hello)).toMatchObject({ status: "done" });
  expect(await ask({ ping: true })).toBe("true");
});
