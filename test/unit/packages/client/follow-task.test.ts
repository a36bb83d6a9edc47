import { expect, test, vi } from "vitest";
import { CancelledError, Edgereel, FfmpegFailedError, type Task } from "../../../../packages/client/src/index.ts";
import { type ScriptedAnswer, scriptedServer, success } from "../support/scripted-server.ts";

const task = (revision: number, more: Partial<Task> = {}): ScriptedAnswer =>
  success({ task_id: "a", state: 4, stage: "rendering", progress: revision, revision, ...more });
const failed = (code: string, retryable: boolean) =>
  task(9, { state: -1, stage: "failed", failure: { code, stage: "rendering", message: "why", retryable } as never });

test("waitFor asks for the change after the revision that it has, and reports each revision once", async () => {
  await using server = await scriptedServer(task(1), task(2), task(5), task(6, { state: 1, stage: "succeeded" }));
  const progress: number[] = [];
  const done = await new Edgereel({ url: server.url }).waitFor("a", {
    onProgress: (now) => progress.push(now.revision),
  });
  expect(done).toMatchObject({ state: 1, revision: 6 });
  expect(progress).toEqual([1, 2, 5, 6]);
  expect(server.seen.map(({ url }) => url)).toEqual(
    ["", "?wait=25&since=1", "?wait=25&since=2", "?wait=25&since=5"].map((query) => `/api/v1/tasks/a${query}`),
  );
});

test("waitFor throws the error class of the failure, with the task and what the failure says about retries", async () => {
  await using server = await scriptedServer(failed("ffmpeg_failed", true));
  const error = await new Edgereel({ url: server.url }).waitFor({ task_id: "a" }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FfmpegFailedError);
  expect(error).toMatchObject({ message: "why", retryable: true, status: null, task: { task_id: "a", revision: 9 } });
});

test("waitFor throws a CancelledError if the task is cancelled", async () => {
  await using server = await scriptedServer(task(1), failed("cancelled", true));
  await expect(new Edgereel({ url: server.url }).waitFor("a")).rejects.toBeInstanceOf(CancelledError);
});

test("waitFor goes on after connections that break off and after answers of a gateway", async () => {
  const gateway: ScriptedAnswer = { status: 504, headers: { "retry-after": "0" }, body: "timeout" };
  await using server = await scriptedServer(task(1), gateway, "break off", task(2, { state: 1 }));
  expect(await new Edgereel({ url: server.url }).waitFor("a")).toMatchObject({ revision: 2 });
  expect(server.seen).toHaveLength(4);
});

test("waitFor pauses if a proxy answers at once without a change", async () => {
  await using server = await scriptedServer(task(1), task(1), task(1, { state: 1 }));
  const timers = vi.spyOn(globalThis, "setTimeout");
  await new Edgereel({ url: server.url }).waitFor("a");
  const waits = timers.mock.calls.map(([, milliseconds]) => milliseconds);
  timers.mockRestore();
  expect(waits.filter((milliseconds) => milliseconds === 1000)).toHaveLength(1);
});

test("waitFor ends with the reason of its signal", async () => {
  await using server = await scriptedServer(task(1));
  const stop = new AbortController();
  const onProgress = () => stop.abort(new Error("enough"));
  const waiting = new Edgereel({ url: server.url }).waitFor("a", { signal: stop.signal, onProgress });
  await expect(waiting).rejects.toThrow("enough");
});
