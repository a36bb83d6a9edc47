import { expect, test } from "vitest";
import { InstanceLoads } from "../../../src/renderers/server/instance-loads.ts";

test("a job goes to the instance with the fewest jobs, and to the first of several equal ones", () => {
  const board = new InstanceLoads(1_000);
  const taken = ["a", "b", "c", "d"].map((id) => board.reserve(id, 3, 0).instance);
  expect(taken).toEqual([0, 1, 2, 0]);
  board.release("b", false, 1);
  expect(board.reserve("e", 3, 2).instance).toBe(1);
});

test("a reservation that is never released expires", () => {
  const board = new InstanceLoads(1_000);
  board.reserve("a", 2, 0);
  board.reserve("b", 2, 0);
  expect(board.reserve("c", 2, 999).instance).toBe(0);
  expect(board.reserve("d", 2, 1_000).instance).toBe(1);
  expect(board.reserve("e", 2, 1_000).instance).toBe(0);
});

test("an instance that did not answer gets no jobs for a while, unless no other instance answers", () => {
  const board = new InstanceLoads(100_000);
  board.reserve("a", 2, 0);
  board.release("a", true, 0);
  expect(board.reserve("b", 2, 1).instance).toBe(1);
  expect(board.reserve("c", 2, 1).instance).toBe(1);
  board.release("b", true, 2);
  expect(board.reserve("d", 2, 3).instance).toBe(0);
  expect(board.reserve("e", 2, 20_000).instance).toBe(0);
});

test("releasing a reservation twice or releasing an unknown one has no effect", () => {
  const board = new InstanceLoads(1_000);
  board.reserve("a", 2, 0);
  board.release("a", false, 0);
  board.release("a", true, 0);
  board.release("never", true, 0);
  expect(board.reserve("b", 2, 0).instance).toBe(0);
});
