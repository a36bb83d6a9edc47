import { expect, test } from "vitest";
import { grants, parseScopes, type Scope, scopes } from "../../../src/auth/scopes.ts";

test("a scope includes all lower scopes, and an invalid list of scopes is refused", () => {
  const held = (scope: Scope) => scopes.filter((needed) => grants([scope], needed));
  expect([held("read"), held("write"), held("admin")]).toEqual([["read"], ["read", "write"], [...scopes]]);
  expect(grants([], "read")).toBe(false);
  expect([parseScopes("write, read"), parseScopes("admin")]).toEqual([["read", "write"], ["admin"]]);
  for (const text of ["", ",", "read,", "READ", "read write", "root"]) expect(parseScopes(text), text).toBeNull();
});
