import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { isWebhookSecret } from "../../../src/config/webhook-secret.ts";
import { signedHeaders } from "../../../src/webhooks/send.ts";

const secret = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString("base64")}`;

test("the Standard Webhooks library verifies a signature with each of the secrets", () => {
  fc.assert(
    fc.property(fc.json(), fc.uuid(), (payload, id) => {
      const headers = signedHeaders(id, payload, [secret(1), secret(2)], Date.now());
      for (const fill of [1, 2])
        expect(new Webhook(secret(fill)).verify(payload, headers)).toEqual(JSON.parse(payload));
      expect(() => new Webhook(secret(3)).verify(payload, headers)).toThrow();
      expect(() => new Webhook(secret(1)).verify(`${payload} `, headers)).toThrow();
    }),
  );
});

test.each([
  [secret(1), true],
  [`whsec_${Buffer.alloc(24).toString("base64")}`, true],
  [`whsec_${Buffer.alloc(64).toString("base64")}`, true],
  [`whsec_${Buffer.alloc(23).toString("base64")}`, false],
  [`whsec_${Buffer.alloc(65).toString("base64")}`, false],
  [Buffer.alloc(32).toString("base64"), false],
  ["whsec_", false],
  [`${secret(1)} `, false],
  [`whsec_${"-".repeat(44)}`, false],
])("the validity of the webhook secret %j is %s", (text, valid) => {
  expect(isWebhookSecret(text)).toBe(valid);
});
