import { expect, test } from "vitest";
import { modelSize, nearestSize } from "../../../author/src/pictures/picture.ts";

test.each([
  [1080, 1920, 1024, 1536],
  [1920, 1080, 1536, 1024],
  [1080, 1080, 1024, 1024],
  [1080, 1440, 1024, 1536],
  [1000, 1100, 1024, 1024],
])("for %i×%i, the nearest of a model's sizes is %i×%i", (width, height, bestWidth, bestHeight) => {
  const sizes = [
    { width: 1024, height: 1024 },
    { width: 1536, height: 1024 },
    { width: 1024, height: 1536 },
  ] as const;
  expect(nearestSize({ width, height }, [sizes[0], ...sizes.slice(1)])).toEqual({
    width: bestWidth,
    height: bestHeight,
  });
});

test.each([
  [1080, 1920, 896, 1536],
  [1920, 1080, 1536, 896],
  [720, 720, 704, 704],
  [100, 100, 256, 256],
])("for %i×%i, a model that takes any size makes %i×%i", (width, height, madeWidth, madeHeight) => {
  expect(modelSize({ width, height }, 1536)).toEqual({ width: madeWidth, height: madeHeight });
});
