import { expect, test } from "vitest";
import { z } from "zod";
import { subtitlePresetDataSchema, subtitlePresetIds } from "../../../../src/api/subtitle-presets.ts";
import { bindings, call } from "../../support/bindings.ts";

test("GET /api/v1/subtitle-presets lists every preset with its fields and a picture that the service serves", async () => {
  const response = await call("/api/v1/subtitle-presets");
  expect(response.status).toBe(200);
  const data = z.object({ presets: z.array(subtitlePresetDataSchema) }).parse(response.data);
  expect(data.presets.map(({ id }) => id)).toEqual(subtitlePresetIds);
  const popped = data.presets.find(({ id }) => id === "big_pop");
  expect(popped?.fields).toMatchObject({ subtitle_display_mode: "word_by_word", uppercase: true });
  const picture = await bindings.ASSETS.fetch(`https://assets.invalid${popped?.picture}`);
  expect(picture.headers.get("content-type")).toBe("image/webp");
});
