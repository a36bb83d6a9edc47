import { afterEach, expect, test } from "vitest";
import { fakeKeys, type VendorName, vendorNames } from "../support/providers/server.ts";
import { callAuthor, providers } from "./support/call-author.ts";
import { askVendor } from "./support/calls.ts";

afterEach(() => providers.reset());

/** The code for a provider that does not answer. */
const unavailable: Record<VendorName, string> = {
  llm: "model_unavailable",
  speech: "voice_unavailable",
  transcription: "voice_unavailable",
  kokoro: "voice_unavailable",
  elevenlabs: "voice_unavailable",
  azure: "voice_unavailable",
  pexels: "footage_unavailable",
  pixabay: "footage_unavailable",
  coverr: "footage_unavailable",
  images: "picture_unavailable",
};

/** What each fault is reported as. */
const faults: { how: string; retryAfter?: string; code: string; retryable: boolean; wait?: number }[] = [
  { how: "401", code: "provider_refused", retryable: false },
  { how: "402", code: "provider_limit", retryable: false },
  { how: "403", code: "provider_refused", retryable: false },
  { how: "429", retryAfter: "12", code: "provider_limit", retryable: true, wait: 12 },
  { how: "500", code: "provider_failed", retryable: true },
  { how: "503", retryAfter: "3", code: "provider_failed", retryable: true, wait: 3 },
  { how: "echo_refusal", code: "provider_refused", retryable: false },
  { how: "garbage", code: "provider_failed", retryable: true },
  { how: "html", code: "provider_failed", retryable: true },
  { how: "wrong_json", code: "provider_failed", retryable: true },
  { how: "half", code: "provider_failed", retryable: true },
  { how: "redirect", code: "provider_refused", retryable: false },
];

test.each(vendorNames)("each fault of the provider %s has its code, in one call of the provider", async (vendor) => {
  const seen: object[] = [];
  for (const { how, retryAfter = null } of faults) {
    await providers.misbehave(vendor, how, { retryAfter });
    const before = (await providers.log()).length;
    const reply = await askVendor(vendor);
    const calls = (await providers.log()).length - before;
    if (reply.status === "done") seen.push({ how, done: true });
    else {
      const { code, retryable, retryAfterSeconds, message } = reply.failure;
      expect(message.length, how).toBeGreaterThan(10);
      seen.push({ how, code, retryable, wait: retryAfterSeconds, calls });
    }
  }
  expect(seen).toEqual(
    faults.map(({ how, code, retryable, wait = null }) => ({
      ...{ how, code, retryable, wait, calls: 1 },
    })),
  );
});

test.each(["hang", "hang_body"])("no provider is waited for longer than the timeout: %s", async (how) => {
  const settings = { PROVIDER_TIMEOUT_SECONDS: "1" };
  for (const vendor of vendorNames) await providers.misbehave(vendor, how);
  const replies = await Promise.all(vendorNames.map((vendor) => askVendor(vendor, { settings })));
  expect(replies).toEqual(
    vendorNames.map((vendor) => ({
      status: "failed",
      failure: {
        ...{ code: unavailable[vendor], retryable: true, retryAfterSeconds: null },
        message: expect.stringMatching(/did not (answer|finish its answer) within 1 s/),
      },
    })),
  );
});

test("an answer that is larger than the limit is not read to its end", async () => {
  await providers.misbehave("pexels", "huge");
  expect(await askVendor("pexels")).toMatchObject({
    status: "failed",
    failure: { code: "provider_failed", message: "Pexels answered more data than expected" },
  });
});

test("a provider that cannot be reached is unavailable", async () => {
  for (const vendor of ["llm", "kokoro", "pexels", "images"] as const) {
    const settings = Object.fromEntries(
      Object.entries(providers.settings(vendor)).map(([name, value]) => [
        name,
        name.endsWith("_URL") ? "http://127.0.0.1:1" : value,
      ]),
    );
    const failed = await askVendor(vendor, { settings: { ...settings, OUTBOUND_ALLOW: "127.0.0.1" } });
    expect(failed, vendor).toMatchObject({ failure: { code: unavailable[vendor], retryable: true } });
  }
});

test("a slow provider is waited for", async () => {
  await providers.misbehave("kokoro", "slow", { milliseconds: 300 });
  expect(await askVendor("kokoro")).toMatchObject({ status: "done" });
});

test("no answer of the author Worker contains a key, also if every provider echoes its key back", async () => {
  const replies: string[] = [];
  for (const how of ["echo", "echo_refusal"]) {
    for (const vendor of vendorNames) {
      await providers.misbehave(vendor, how);
      replies.push(JSON.stringify(await askVendor(vendor)));
    }
    const everything = { settings: providers.settings() };
    replies.push(JSON.stringify(await callAuthor("voices", [], everything)));
    const choice = { name: "", language: "", text: "Hello.", without: [] };
    replies.push(JSON.stringify(await callAuthor("chooseVoice", [choice], everything)));
  }
  expect(replies.filter((text) => text.includes('"done"')).length).toBeGreaterThan(5);
  const parts = fakeKeys.flatMap((key) => [key, btoa(key).replace(/=+$/, ""), encodeURIComponent(key)]);
  for (const text of replies) expect(parts.filter((part) => text.includes(part))).toEqual([]);
});

test("with invalid settings every call fails with a message that names the setting, and nothing is asked", async () => {
  for (const vendor of vendorNames) {
    const settings = { COVERR_URL: "http://coverr.example", COVERR_API_KEY: "a-secret-key" };
    const failed = await askVendor(vendor, { settings });
    expect(failed).toMatchObject({ failure: { code: unavailable[vendor], retryable: false } });
    expect(JSON.stringify(failed)).toMatch(/COVERR_URL: must be an https URL/);
  }
  expect(await providers.log()).toEqual([]);
});
