import { expect, test } from "vitest";
import { isFinal, type Stage, stateCode } from "../../../src/api/task-state.ts";

test.each<[Stage, 4 | 1 | -1]>([
  ["queued", 4],
  ["planning", 4],
  ["rendering", 4],
  ["assembling", 4],
  ["succeeded", 1],
  ["failed", -1],
  ["cancelled", -1],
])("the stage %s has MoneyPrinterTurbo's state code %d", (name, code) => {
  expect(stateCode(name)).toBe(code);
  expect(isFinal(name)).toBe(code !== 4);
});
