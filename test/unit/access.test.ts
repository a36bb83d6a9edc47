import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../src/api/errors.ts";
import { AccessError } from "../../src/auth/access-error.ts";
import { digestOfApiKey, idOfApiKey, newApiKey, presentedKey } from "../../src/auth/api-key.ts";
import { fromBase64url, toBase64url } from "../../src/auth/base64url.ts";
import { isOwner } from "../../src/auth/owner.ts";
import { type QuotaAmounts, QuotaError, type QuotaName } from "../../src/auth/quota.ts";
import { grants, parseScopes, type Scope, scopes } from "../../src/auth/scopes.ts";
import {
  checkLink,
  type Link,
  linkExpiry,
  linkPrefix,
  linkQuery,
  readLink,
  withoutLink,
} from "../../src/auth/signed-link.ts";
import { policyFor } from "../../src/http/middleware/access-policy.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe("an API key", () => {
  test("has an id, 32 bytes of chance, and is never made twice", () => {
    const made = Array.from({ length: 500 }, newApiKey);
    for (const { id, key } of made) {
      expect(key).toMatch(/^er_[a-z2-7]{8}_[\w-]{43}$/);
      expect(idOfApiKey(key)).toBe(id);
    }
    expect(new Set(made.map(({ key }) => key.slice(12))).size).toBe(500);
  });

  test("has an id only where it has the whole form of a key", () => {
    const { key } = newApiKey();
    fc.assert(
      fc.property(fc.nat(key.length - 1), fc.string({ maxLength: 3 }), (at, text) => {
        const changed = key.slice(0, at) + text + key.slice(at + 1);
        fc.pre(!/^er_[a-z0-9]{8}_[\w-]{43}$/.test(changed));
        expect(idOfApiKey(changed)).toBeNull();
      }),
    );
    for (const text of ["", "er_", `${key} `, `${key}\n`, ` ${key}`, key.toUpperCase()]) {
      expect(idOfApiKey(text), JSON.stringify(text)).toBeNull();
    }
  });

  test("is kept as its SHA-256", async () => {
    const digest = Buffer.from(await digestOfApiKey("abc")).toString("hex");
    expect(digest).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});

describe("the key that a request brings", () => {
  const presented = (fields: Record<string, string>) => presentedKey(new Headers(fields));

  test.each<[Record<string, string>, string | null]>([
    [{}, null],
    [{ authorization: "Bearer k" }, "k"],
    [{ authorization: "bearer   k" }, "k"],
    [{ "x-api-key": " k " }, "k"],
    [{ authorization: "Bearer k", "x-api-key": "k" }, "k"],
  ])("is found in %j", (fields, key) => {
    expect(presented(fields)).toBe(key);
  });

  test.each<[Record<string, string>, ErrorCode]>([
    [{ authorization: "Basic azpr" }, "unauthenticated"],
    [{ authorization: "k" }, "unauthenticated"],
    [{ authorization: "" }, "unauthenticated"],
    [{ authorization: "Bearer" }, "unauthenticated"],
    [{ authorization: "Bearerk" }, "unauthenticated"],
    [{ "x-api-key": "" }, "unauthenticated"],
    [{ authorization: "Bearer k", "x-api-key": "other" }, "invalid_request"],
    [{ authorization: "Bearer k", "x-api-key": "" }, "invalid_request"],
    [{ authorization: "Bearer", "x-api-key": "k" }, "invalid_request"],
  ])("is refused in %j with %s", (fields, code) => {
    expect(() => presented(fields)).toThrow(expect.objectContaining({ name: "AccessError", code }));
  });

  test("is what was sent, or an AccessError, whatever the headers hold", () => {
    const value = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(fc.option(value), fc.option(value), (authorization, header) => {
        const fields = { ...(authorization === null ? {} : { authorization }) };
        try {
          const key = presented(header === null ? fields : { ...fields, "x-api-key": header });
          if (authorization === null && header === null) expect(key).toBeNull();
          else expect(authorization?.endsWith(key ?? "") || header?.trim() === key).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(AccessError);
        }
      }),
    );
  });
});

test("a scope holds those before it, and a list of anything else is none", () => {
  const held = (scope: Scope) => scopes.filter((needed) => grants([scope], needed));
  expect([held("read"), held("write"), held("admin")]).toEqual([["read"], ["read", "write"], [...scopes]]);
  expect(grants([], "read")).toBe(false);
  expect([parseScopes("write, read"), parseScopes("admin")]).toEqual([["read", "write"], ["admin"]]);
  for (const text of ["", ",", "read,", "READ", "read write", "root"]) expect(parseScopes(text), text).toBeNull();
});

test("an owner's name can stand in a path, a key and a log", () => {
  for (const name of ["default", "a", "team-1", "a.b_c", "9", "x".repeat(64)]) expect(isOwner(name), name).toBe(true);
  for (const name of ["", "A", "a/b", "-a", "a-", ".", "a b", "é", "a\n", "x".repeat(65)]) {
    expect(isOwner(name), JSON.stringify(name)).toBe(false);
  }
});

test("base64url reads back every text that it writes, without padding", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (data) => {
      const text = toBase64url(data);
      expect(text).toBe(Buffer.from(data).toString("base64url"));
      expect(fromBase64url(text)).toEqual(new Uint8Array(data));
    }),
  );
});

describe("a link", () => {
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

  test("is good for its path, by either secret, until it ends", async () => {
    for (const secret of secrets) {
      const link = linkOf(secret, path, expires);
      expect(await checkLink(secrets, path, link, now)).toBe("valid");
      expect(await checkLink(secrets, path, link, expires * 1000 - 1)).toBe("valid");
      expect(await checkLink(secrets, path, link, expires * 1000)).toBe("expired");
      expect(await checkLink(["another-secret-of-at-least-32-letters"], path, link, now)).toBe("forged");
    }
  });

  test("is HMAC-SHA-256 over a version, the path and the end", async () => {
    const { createHmac } = await import("node:crypto");
    const signature = createHmac("sha256", secrets[0] ?? "").update(`edgereel-link-1\n${path}\n${expires}`);
    expect(linkQuery(secrets[0] ?? "", path, expires)).toBe(
      `?expires=${expires}&signature=${signature.digest("base64url")}`,
    );
  });

  test("is good for no other path and no other end", async () => {
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

  test("with any letter of it changed is forged or no link", async () => {
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
    // The last letter has two bits to spare: four texts give the same bytes, and one is a link.
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

  test("is read from a query in one way only", () => {
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

  test("before a path is the same one as in a query, and is read in one way only", () => {
    const secret = secrets[0] ?? "";
    const prefix = linkPrefix(secret, path, expires);
    const read = (address: string) => readLink(new URL(`https://videos.example${address}`));
    for (const root of ["/tasks", "/api/v1/stream", "/api/v1/download"]) {
      expect(read(`${prefix}${root}/${path}`)).toEqual(linkOf(secret, path, expires));
      expect(withoutLink(`${prefix}${root}/${path}`)).toBe(`${root}/${path}`);
    }
    // Nothing but files of tasks is found behind a link.
    for (const rest of [
      "",
      "/",
      "/metrics",
      "/docs",
      `/watch/${path}`,
      `/api/v1/tasks/${path}`,
      "/api/v1/streams/a/b",
    ]) {
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

  test("reads any address without a fault", () => {
    fc.assert(
      fc.property(fc.webPath(), fc.string(), (rest, first) => {
        const link = readLink(new URL(`https://videos.example/link/${encodeURIComponent(first)}/tasks${rest}`));
        expect(typeof link).toBe("string");
      }),
    );
  });

  test("reads any query without a fault, and back what it wrote", async () => {
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

  test("lives as long as was asked and at most a twenty-fourth more, and is the same one for a while", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        fc.integer({ min: 1, max: 10_000_000 }),
        (at, life) => {
          const left = linkExpiry(at, life) - at / 1000;
          expect(left).toBeGreaterThanOrEqual(life);
          expect(left).toBeLessThan(life + Math.max(1, life / 24));
        },
      ),
    );
    const day = 86_400;
    expect(new Set(Array.from({ length: 60 }, (_, minute) => linkExpiry(now + 1 + minute * 59_000, day))).size).toBe(1);
  });
});

describe("who may make a request", () => {
  test("is, for a route that nobody has named, who has a key", () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        fc.pre(!["", "/", "/docs", "/openapi.json", "/health", "/metrics"].includes(path));
        expect(policyFor("POST", path)).toEqual({ kind: "key", scope: "write" });
        expect(policyFor("GET", `/api/v2${path}`)).toEqual({ kind: "key", scope: "read" });
      }),
    );
  });

  test.each<[string, string, ReturnType<typeof policyFor>]>([
    ["GET", "/health", { kind: "open" }],
    ["HEAD", "/docs", { kind: "open" }],
    ["POST", "/health", { kind: "key", scope: "write" }],
    ["GET", "/health/", { kind: "key", scope: "read" }],
    ["GET", "/metrics", { kind: "key", scope: "admin" }],
    ["GET", "/api/v1/tasks", { kind: "key", scope: "read" }],
    ["GET", "/api/v1/tasks/a", { kind: "link", path: "a" }],
    ["GET", "/api/v1/tasks/a/events", { kind: "link", path: "a" }],
    ["GET", "/api/v1/tasks/a/other", { kind: "key", scope: "read" }],
    ["DELETE", "/api/v1/tasks/a", { kind: "key", scope: "write" }],
    ["GET", "/watch/a", { kind: "link", path: "a" }],
    ["HEAD", "/tasks/a/final-1.mp4", { kind: "link", path: "a/final-1.mp4" }],
    ["GET", "/api/v1/download/a/final-1.mp4", { kind: "link", path: "a/final-1.mp4" }],
    ["GET", "/api/v1/stream/a/final-1/video/0.m4s", { kind: "link", path: "a/final-1/video/0.m4s" }],
    ["GET", "/tasks/a", { kind: "key", scope: "read" }],
  ])("%s %s", (method, path, policy) => {
    expect(policyFor(method, path)).toEqual(policy);
  });
});

test("a 429 says when to come back, which quota it is, and what is left of it", () => {
  const fields = (quota: QuotaName, amounts: QuotaAmounts) => new QuotaError(quota, "", amounts).headers;
  expect(fields("requests", { limit: 5, left: 0, retryAfter: 60 })).toEqual({
    "retry-after": "60",
    "ratelimit-policy": '"requests";q=5;w=60',
    ratelimit: '"requests";r=0;t=60',
  });
  expect(fields("tasks-in-flight", { limit: 2, left: 0, retryAfter: 10 })).toEqual({
    "retry-after": "10",
    "ratelimit-policy": '"tasks-in-flight";q=2',
    ratelimit: '"tasks-in-flight";r=0',
  });
  expect(fields("bytes-stored", { limit: 100, left: 7, retryAfter: 3600 })).toMatchObject({
    "ratelimit-policy": '"bytes-stored";q=100;qu="content-bytes"',
    ratelimit: '"bytes-stored";r=7',
  });
});
