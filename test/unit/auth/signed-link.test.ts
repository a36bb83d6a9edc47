import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBase64url, toBase64url } from "../../../src/auth/base64url.ts";
import {
  checkLink,
  type Link,
  linkExpiry,
  linkPrefix,
  linkQuery,
  readLink,
  withoutLink,
} from "../../../src/auth/signed-link.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const secrets = ["first-secret-of-at-least-32-letters", "second-secret-of-at-least-32-letters"];
const path = "6c85c8cc-a77a-42b9-bc30-947815aa0558/final-1.mp4";
const now = Date.UTC(2026, 10, 25);
const expires = linkExpiry(now, 60);
const readQuery = (query: URLSearchParams) => readLink(new URL(`https://videos.example/tasks/x/y?${query}`));
const linkOf = (secret: string, signed: string, end: number): Link => {
  const link = readQuery(new URLSearchParams(linkQuery(secret, signed, end)));
  if (typeof link === "string") throw new Error(link);
  return link;
};

test("a link signed with either secret is valid for its path until it expires", async () => {
  for (const secret of secrets) {
    const link = linkOf(secret, path, expires);
    expect(await checkLink(secrets, path, link, now)).toBe("valid");
    expect(await checkLink(secrets, path, link, expires * 1000 - 1)).toBe("valid");
    expect(await checkLink(secrets, path, link, expires * 1000)).toBe("expired");
    expect(await checkLink(["another-secret-of-at-least-32-letters"], path, link, now)).toBe("forged");
  }
});

test("a link's signature is the HMAC-SHA-256 of a version, the path and the expiry", async () => {
  const { createHmac } = await import("node:crypto");
  const signature = createHmac("sha256", secrets[0] ?? "").update(`edgereel-link-1\n${path}\n${expires}`);
  expect(linkQuery(secrets[0] ?? "", path, expires)).toBe(
    `?expires=${expires}&signature=${signature.digest("base64url")}`,
  );
});

test("a link with a changed path or expiry is forged", async () => {
  const link = linkOf(secrets[0] ?? "", path, expires);
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.integer({ min: 1, max: 999_999_999_999 }), async (other, end) => {
      fc.pre(other !== path && end !== expires);
      expect(await checkLink(secrets, other, link, now)).toBe("forged");
      expect(await checkLink(secrets, path, { ...link, expires: end }, now)).toBe("forged");
      expect(await checkLink(secrets, `${path}\n${end}`, link, now)).toBe("forged");
    }),
  );
});

test("a link with a changed character is forged or broken", async () => {
  const query = new URLSearchParams(linkQuery(secrets[0] ?? "", path, expires));
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ +/=%";
  const letter = fc.constantFrom(...letters);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("expires", "signature"), fc.nat(50), letter, async (name, index, put) => {
      const text = query.get(name) ?? "";
      const at = index % text.length;
      fc.pre(text[at] !== put);
      const changed = new URLSearchParams(query);
      changed.set(name, text.slice(0, at) + put + text.slice(at + 1));
      const link = readQuery(changed);
      if (link !== "broken") expect(await checkLink(secrets, path, link as Link, now)).toBe("forged");
    }),
    { numRuns: 500 },
  );
  // The last character has two unused bits. So four texts decode to the same bytes, and only one of them is accepted.
  const last = query.get("signature") ?? "";
  const twins = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    .map((end) => last.slice(0, -1) + end)
    .filter((text) => fromBase64url(text).join() === fromBase64url(last).join());
  expect(twins).toHaveLength(4);
  for (const text of twins) {
    const link = readQuery(new URLSearchParams({ expires: String(expires), signature: text }));
    expect(link === "broken").toBe(text !== last);
  }
});

test("a query with a missing, malformed or repeated link parameter is broken", () => {
  const signature = "A".repeat(43);
  const read = (query: string) => readQuery(new URLSearchParams(query));
  expect(read("")).toBe("none");
  expect(read("video=2")).toBe("none");
  expect(read(`expires=1&signature=${signature}`)).toEqual({ expires: 1, signature: new Uint8Array(32) });
  for (const query of [
    "expires=1",
    `signature=${signature}`,
    `expires=&signature=${signature}`,
    `expires=01&signature=${signature}`,
    `expires=-1&signature=${signature}`,
    `expires=1e9&signature=${signature}`,
    `expires=1.5&signature=${signature}`,
    `expires=${"9".repeat(13)}&signature=${signature}`,
    `expires=1&expires=2&signature=${signature}`,
    `expires=1&signature=${signature}&signature=${signature}`,
    `expires=1&signature=${signature}=`,
    `expires=1&signature=${signature.slice(1)}`,
  ]) {
    expect(read(query), query).toBe("broken");
  }
});

test("a link in the path is read like a link in the query, and a malformed one is broken", () => {
  const secret = secrets[0] ?? "";
  const prefix = linkPrefix(secret, path, expires);
  const read = (address: string) => readLink(new URL(`https://videos.example${address}`));
  for (const root of ["/tasks", "/api/v1/stream", "/api/v1/download"]) {
    expect(read(`${prefix}${root}/${path}`)).toEqual(linkOf(secret, path, expires));
    expect(withoutLink(`${prefix}${root}/${path}`)).toBe(`${root}/${path}`);
  }
  // A link in the path opens only files of tasks.
  for (const rest of ["", "/", "/metrics", "/docs", `/watch/${path}`, `/api/v1/tasks/${path}`, "/api/v1/streams/a/b"]) {
    expect(read(prefix + rest)).toBe("none");
    expect(withoutLink(prefix + rest)).toBe(prefix + rest);
  }
  expect(withoutLink(`${prefix}${prefix}/tasks/${path}`)).toBe(`${prefix}${prefix}/tasks/${path}`);
  const other = linkQuery(secret, "other/file.mp4", expires);
  expect(read(`${prefix}/tasks/${path}${other}`)).toEqual(linkOf(secret, "other/file.mp4", expires));
  expect(read(`${prefix}/tasks/${path}?expires=1`)).toBe("broken");
  const [, text = ""] = prefix.split(".");
  for (const first of ["x", `${expires}`, `.${text}`, `${expires}.`, `0${expires}.${text}`, `${expires}.${text}=`]) {
    expect(read(`/link/${first}/tasks/${path}`), first).toBe("broken");
  }
  expect(read(`/link/${expires}%2E${text}/tasks/${path}`)).toBe("broken");
});

test("readLink does not throw for an arbitrary link in the path", () => {
  fc.assert(
    fc.property(fc.webPath(), fc.string(), (rest, first) => {
      const link = readLink(new URL(`https://videos.example/link/${encodeURIComponent(first)}/tasks${rest}`));
      expect(typeof link).toBe("string");
    }),
  );
});

test("readLink does not throw for an arbitrary query and reads a written link back", async () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom("expires", "signature", "x"), fc.string()), (query) => {
      const link = readQuery(new URLSearchParams(query));
      if (typeof link !== "string") expect(link.signature).toHaveLength(32);
    }),
  );
  await fc.assert(
    fc.asyncProperty(bytes(32), fc.integer({ min: 1, max: 999_999_999_999 }), async (signature, end) => {
      const link = readQuery(new URLSearchParams({ expires: String(end), signature: toBase64url(signature) }));
      expect(link).toEqual({ expires: end, signature: new Uint8Array(signature) });
    }),
  );
});

test("a link's expiry is rounded up by at most 1/24 of its lifetime, so that successive links are equal", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), fc.integer({ min: 1, max: 10_000_000 }), (at, life) => {
      const left = linkExpiry(at, life) - at / 1000;
      expect(left).toBeGreaterThanOrEqual(life);
      expect(left).toBeLessThan(life + Math.max(1, life / 24));
    }),
  );
  const day = 86_400;
  expect(new Set(Array.from({ length: 60 }, (_, minute) => linkExpiry(now + 1 + minute * 59_000, day))).size).toBe(1);
});
