import { expect, test } from "vitest";
import { InstanceLoads } from "../../../src/renderers/server/instance-loads.ts";

test("jobs go to the instance with the fewest, among equals to the first", () => {
  const board = new InstanceLoads(1_000);
  const taken = ["a", "b", "c", "d"].map((id) => board.reserve(id, 3, 0).instance);
  expect(taken).toEqual([0, 1, 2, 0]);
  board.release("b", false, 1);
  expect(board.reserve("e", 3, 2).instance).toBe(1);
});

test("a lease that is never given back runs out", () => {
  const board = new InstanceLoads(1_000);
  board.reserve("a", 2, 0);
  board.reserve("b", 2, 0);
  expect(board.reserve("c", 2, 999).instance).toBe(0);
  expect(board.reserve("d", 2, 1_000).instance).toBe(1);
  expect(board.reserve("e", 2, 1_000).instance).toBe(0);
});

test("an instance that did not answer gets no job for a while, unless no other answers either", () => {
  const board = new InstanceLoads(100_000);
  board.reserve("a", 2, 0);
  board.release("a", true, 0);
  expect(board.reserve("b", 2, 1).instance).toBe(1);
  expect(board.reserve("c", 2, 1).instance).toBe(1);
  board.release("b", true, 2);
  expect(board.reserve("d", 2, 3).instance).toBe(0);
  expect(board.reserve("e", 2, 20_000).instance).toBe(0);
});

test("a release that comes twice, or for nothing, changes nothing", () => {
  const board = new InstanceLoads(1_000);
  board.reserve("a", 2, 0);
  board.release("a", false, 0);
  board.release("a", true, 0);
  board.release("never", true, 0);
  expect(board.reserve("b", 2, 0).instance).toBe(0);
});
