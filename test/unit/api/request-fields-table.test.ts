import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { materialSchema } from "../../../src/api/fields/footage.ts";
import { videoRequestSchema } from "../../../src/api/video-request.ts";

interface Row {
  field: string;
  meaning: string;
  default: string;
  limits: string;
  test: string;
}

async function table(): Promise<Row[]> {
  const text = await readFile(new URL("../../../docs/request-fields.md", import.meta.url), "utf8");
  return text
    .split("\n")
    .filter((line) => line.startsWith("| `") && line.split(" | ").length === 5)
    .map((line) => {
      const [field = "", meaning = "", unset = "", limits = "", test = ""] = line
        .slice(1, -1)
        .split(" | ")
        .map((cell) => cell.trim());
      return { field: field.replaceAll("`", ""), meaning, default: unset, limits, test };
    });
}

test("docs/request-fields.md lists every field of a request and of a material exactly once", async () => {
  const fields = [
    ...Object.keys(videoRequestSchema.shape),
    ...Object.keys(materialSchema.shape).map((name) => `video_materials[].${name}`),
  ];
  expect((await table()).map(({ field }) => field).sort()).toEqual(fields.sort());
});

test("docs/request-fields.md has the defaults of the request schema", async () => {
  const read = videoRequestSchema.parse({ video_materials: [{ url: "a.mp4" }] });
  const [material] = read.video_materials;
  const silent = { ...read, video_materials: videoRequestSchema.parse({ video_subject: "a" }).video_materials };
  for (const row of await table()) {
    const name = row.field.replace("video_materials[].", "");
    const values: Record<string, unknown> = name === row.field ? silent : { ...material };
    const required = row.field === "video_materials[].url";
    const unset = values[name] === undefined ? "none" : `\`${JSON.stringify(values[name])}\``;
    expect(row.default, row.field).toBe(required ? "required" : unset);
  }
});

test("each row of docs/request-fields.md has a meaning, limits and an existing test", async () => {
  for (const { field, meaning, limits, test: named } of await table()) {
    expect([meaning, limits], field).not.toContain("");
    const [, file, title = ""] = /^`([\w/.-]+)`: (.+)$/.exec(named) ?? [];
    const source = await readFile(new URL(`../../${file}`, import.meta.url), "utf8");
    expect(source.includes(`"${title}"`), `${file}: ${title}`).toBe(true);
  }
});
