import { expect, test } from "vitest";
import { checkCallbackUrl } from "../../../src/tasks/create/check-callback-url.ts";

const WEBHOOK_SECRET = `whsec_${"A".repeat(43)}=`;

test("a callback_url is refused without WEBHOOK_SECRET, and a missing callback_url is always accepted", () => {
  expect(() => checkCallbackUrl({}, "https://hooks.example.com/")).toThrow(/^callback_url: .*WEBHOOK_SECRET/);
  checkCallbackUrl({}, null);
});

test("a callback_url must lead to a public host or a host in OUTBOUND_ALLOW", () => {
  checkCallbackUrl({ WEBHOOK_SECRET }, "https://hooks.example.com/");
  expect(() => checkCallbackUrl({ WEBHOOK_SECRET }, "http://n8n:5678/")).toThrow(
    /^callback_url: must not point to n8n/,
  );
  checkCallbackUrl({ WEBHOOK_SECRET, OUTBOUND_ALLOW: "n8n:5678" }, "http://n8n:5678/");
});
