import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { decode, encode } from "../../../src/util/base64-bytes.ts";

test("Base64 of all bytes, also at each length, is that of Node, and is read again", () => {
  for (let length = 0; length < 260; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7 + length) % 256);
    expect(encode(bytes)).toBe(Buffer.from(bytes).toString("base64"));
    expect(decode(encode(bytes))).toEqual(bytes);
  }
});

test("a signature of standardwebhooks is Base64 that the bundle's own functions write", () => {
  const signature = new Webhook("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").sign("a", new Date(0), "b");
  expect(signature).toBe(`v1,${encode(decode(signature.slice(3)))}`);
});
