import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchRenderer } from "../../../src/renderers/watch-renderer.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const wanted = new AbortController().signal;
const forever = new Promise<never>(() => {});

test("a renderer that keeps answering may work for any time", async () => {
  const work = Promise.withResolvers<string>();
  const watch = watchRenderer(async () => "busy", 30_000, wanted);
  const result = watch.until(work.promise);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(watch.signal.aborted).toBe(false);
  work.resolve("a video");
  await expect(result).resolves.toBe("a video");
  watch.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ["never answers", () => forever],
  ["cannot be reached", () => Promise.reject(new Error("connection refused"))],
])("a renderer that %s is given up after the max silence, even if its work never ends", async (_, ask) => {
  const watch = watchRenderer(ask, 30_000, wanted);
  const ended = watch.until(forever).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(watch.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await ended).toMatchObject({ code: "renderer_unavailable", rerun: "renderer_away" });
  expect(watch.signal.reason).toMatchObject({ message: expect.stringMatching(/silent for 30 s/) });
  expect(vi.getTimerCount()).toBe(0);
});

test("each answer of a renderer restarts the silence timeout", async () => {
  let answers = true;
  const watch = watchRenderer(() => (answers ? Promise.resolve() : forever), 30_000, wanted);
  await vi.advanceTimersByTimeAsync(100_000);
  answers = false;
  await vi.advanceTimersByTimeAsync(25_000);
  expect(watch.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(watch.signal.aborted).toBe(true);
});

test("the watch on a renderer aborts when the caller aborts", () => {
  const caller = new AbortController();
  const watch = watchRenderer(async () => {}, 30_000, caller.signal);
  caller.abort(new Error("not wanted any more"));
  expect(watch.signal.reason).toMatchObject({ message: "not wanted any more" });
  watch.stop();
});
