import { expect, test } from "vitest";
import { checkCallbackUrl } from "../../../src/tasks/create/check-callback-url.ts";

const WEBHOOK_SECRET = `whsec_${"A".repeat(43)}=`;

test("a callback_url is refused where there is no secret to sign with, and none is always accepted", () => {
  expect(() => checkCallbackUrl({}, "https://hooks.example.com/")).toThrow(/^callback_url: .*WEBHOOK_SECRET/);
  checkCallbackUrl({}, null);
});

test("a callback_url is held to the rules, with the hosts that the operator allows", () => {
  checkCallbackUrl({ WEBHOOK_SECRET }, "https://hooks.example.com/");
  expect(() => checkCallbackUrl({ WEBHOOK_SECRET }, "http://n8n:5678/")).toThrow(
    /^callback_url: must not point to n8n/,
  );
  checkCallbackUrl({ WEBHOOK_SECRET, OUTBOUND_ALLOW: "n8n:5678" }, "http://n8n:5678/");
});
