import { expect, test } from "vitest";
import { deletePrefix } from "../../../src/storage/delete-objects.ts";
import { bindings } from "../support/bindings.ts";

const { MEDIA } = bindings;

test("deletePrefix deletes every object under the prefix over several list pages, and no others", async () => {
  const names = Array.from({ length: 8 }, (_, index) => `prefix/a/${index}`);
  for (const name of [...names, "prefix/ab"]) await MEDIA.put(name, "x");
  // R2 may return fewer objects than the limit.
  const bucket = new Proxy(MEDIA, {
    get: (target, name) =>
      name === "list"
        ? (options: R2ListOptions) => target.list({ ...options, limit: 3 })
        : (...keys: Parameters<R2Bucket["delete"]>) => target.delete(...keys),
  });
  expect(await deletePrefix(bucket, "prefix/a/")).toBe(8);
  expect((await MEDIA.list({ prefix: "prefix/" })).objects.map(({ key }) => key)).toEqual(["prefix/ab"]);
  expect(await deletePrefix(bucket, "prefix/a/")).toBe(0);
});
