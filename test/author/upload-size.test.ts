import { expect, inject, test } from "vitest";
import type {} from "./support/start-author.ts";

test("the author Worker's upload is at most 300 KiB gzipped", () => {
  expect(inject("author").gzippedKibibytes).toBeLessThanOrEqual(300);
});
