import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { gridLayout, visibleItems } from "../../../studio/src/library/grid-layout.ts";
import { codeSnippet } from "../../../studio/src/make/code-snippets.ts";
import { parseSetting, settingKind, showSetting } from "../../../studio/src/make/setting-values.ts";
import { spokenSeconds } from "../../../studio/src/make/spoken-seconds.ts";
import { fieldErrors } from "../../../studio/src/service/field-errors.ts";
import { readEvents } from "../../../studio/src/service/read-events.ts";
import { en } from "../../../studio/src/text/en.ts";
import { zh } from "../../../studio/src/text/zh.ts";
import { skippedWithout } from "../../support/skipped.ts";

test("the messages of the API are shown at their fields", () => {
  const { error } = videoRequestSchema.safeParse({ video_count: 99, video_subject: "x" });
  expect(error).toBeDefined();
  const errors = fieldErrors(
    "video_count: must be at most 10; voice_name: no such voice; there are: a, b; video_materials[2].url: missing",
  );
  expect([...errors]).toEqual([
    ["video_count", "must be at most 10"],
    ["voice_name", "no such voice; there are: a, b"],
    ["video_materials", "missing"],
  ]);
  expect(fieldErrors("the queue is full").size).toBe(0);
});

test("server-sent events are read whole, wherever the network cuts them", async () => {
  const bytes = new TextEncoder().encode(
    ': hello\n\nevent: task\nid: 1\ndata: {"a":"é"}\n\nevent: task\r\ndata: 1\r\ndata: 2\r\n\r\nevent: deleted\ndata: x\n\nevent: cut',
  );
  for (const size of [1, 2, 7, 1000]) {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });
    expect(await Array.fromAsync(readEvents(body))).toEqual([
      { event: "task", data: '{"a":"é"}' },
      { event: "task", data: "1\n2" },
      { event: "deleted", data: "x" },
    ]);
  }
});

test("a list of thousands has only the rows in view in the page", () => {
  const layout = gridLayout(1000);
  expect(layout.columns).toBe(5);
  const top = visibleItems(10_000, layout, { top: 0, height: 900 });
  expect([top.first, top.last % layout.columns]).toEqual([0, 0]);
  const middle = visibleItems(10_000, layout, { top: top.height / 2, height: 900 });
  expect(middle.last - middle.first).toBeLessThan(60);
  expect(middle.first).toBeGreaterThan(4_900);
  expect(visibleItems(10_000, layout, { top: top.height, height: 900 }).last).toBe(10_000);
  expect(visibleItems(0, layout, { top: 0, height: 900 })).toEqual({ first: 0, last: 0, height: 0 });
  expect(gridLayout(390).columns).toBeGreaterThanOrEqual(2);
});

test("each setting is entered as its schema wants it", () => {
  const choice = settingKind("a", { anyOf: [{ type: "string", enum: ["x", "y"] }, { type: "null" }] });
  expect(choice).toEqual({ kind: "choice", values: [null, "x", "y"] });
  expect([parseSetting(choice, "y"), parseSetting(choice, "")]).toEqual(["y", undefined]);
  const yes = settingKind("a", { type: "boolean" });
  expect([parseSetting(yes, "false"), showSetting(true)]).toEqual([false, "true"]);
  expect(parseSetting(settingKind("a", { type: "integer" }), "3")).toBe(3);
  expect(settingKind("a", { type: "number" })).toEqual({ kind: "number", whole: false });
  expect(parseSetting(settingKind("a", { type: "array" }), "sea, sky,")).toEqual(["sea", "sky"]);
  expect(settingKind("text_fore_color", { type: "string" })).toEqual({ kind: "colour" });
});

const request = {
  video_subject: 'it\'s "a" $test\\n 你好',
  video_materials: [{ url: "a.mp4" }],
  dry_run: true,
  none: null,
};
const hasPython = spawnSync("python3", ["--version"]).status === 0;

test("a request that is copied as curl has its body whole, whatever quotes are in it", () => {
  const code = codeSnippet("curl", request, "http://localhost:1", true).replace(/^curl/, "printf '%s\\n'");
  const printed = execFileSync("sh", ["-c", code], { encoding: "utf8", env: { EDGEREEL_API_KEY: "k" } });
  expect(printed).toContain("x-api-key: k");
  expect(JSON.parse(printed.slice(printed.indexOf("{")))).toEqual(request);
  expect(JSON.parse(codeSnippet("JSON", request, "", false))).toEqual(request);
});

test.skipIf(!hasPython)(
  `a request that is copied as Python is the same request${skippedWithout(hasPython, "python3")}`,
  () => {
    const code = codeSnippet("Python", request, "http://localhost:1", false);
    const body = /json=(\{[\s\S]*\n {4}\}),\n\)/.exec(code)?.[1] ?? "";
    const printed = execFileSync("python3", ["-c", `import json; print(json.dumps(${body}))`], { encoding: "utf8" });
    expect(JSON.parse(printed)).toEqual(request);
  },
);

test("the time that a script takes to say is estimated for words and for Chinese characters", () => {
  expect(spokenSeconds("one two three four five [pause: 3s]")).toBeCloseTo(5 / 2.7, 1);
  expect(spokenSeconds("你好世界")).toBeCloseTo(4 / 4.2, 1);
});

test("every text of the studio has a translation with the same values", () => {
  const values = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [name, text] of Object.entries(en)) {
    expect([name, values(zh[name as keyof typeof en])]).toEqual([name, values(text)]);
  }
});
