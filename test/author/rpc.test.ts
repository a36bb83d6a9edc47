import { expect, test } from "vitest";
import { authorReplySchema, speechSchema, writtenScriptSchema } from "../../src/protocol/author.ts";
import { boundProviders, callAuthor } from "./support/call-author.ts";

const script = { subject: "coral reefs", language: "", paragraphs: 1, prompt: "", systemPrompt: "" };

test("through its entrypoint, the author Worker answers values that fit the protocol's schemas", async () => {
  const speech = { text: "Hello, small world.", voice: "kokoro:af_heart", language: "", rate: 1 };
  const written = await callAuthor("writeScript", [script], { rpc: true });
  const spoken = await callAuthor("speak", [speech], { rpc: true });
  expect(authorReplySchema(writtenScriptSchema).parse(written.result)).toMatchObject({
    status: "done",
    value: { script: expect.stringContaining("coral reefs"), model: "fake-model", tokens: 150 },
  });
  expect(authorReplySchema(speechSchema).parse(spoken.result)).toMatchObject({
    status: "done",
    value: {
      mediaType: "audio/wav",
      provider: "kokoro",
      words: [{ text: "Hello" }, { text: "small" }, { text: "world" }],
    },
  });
});

test("a failure crosses the entrypoint as a value", async () => {
  await boundProviders.misbehave("llm", "429", { retryAfter: "7" });
  const { result } = await callAuthor("writeScript", [script], { rpc: true });
  await boundProviders.reset();
  expect(result).toMatchObject({ status: "failed", failure: { code: "provider_limit", retryAfterSeconds: 7 } });
});
