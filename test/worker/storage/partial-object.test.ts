import fc from "fast-check";
import { expect, test } from "vitest";
import { NO_BYTES, PartialObject, type PartialState } from "../../../src/storage/partial-object.ts";
import { MemoryBucket } from "../support/memory-bucket.ts";

const PART = 16;
const target = { key: "clips/whole", piecePrefix: "uploads/1/", contentType: () => "video/mp4", partSize: PART };
const content = (size: number) => Uint8Array.from({ length: size }, (_, index) => (index * 7) % 251);

async function* inChunks(bytes: Uint8Array, size: number, failAt = Number.POSITIVE_INFINITY) {
  for (let at = 0; at < bytes.byteLength; at += size) {
    if (at >= failAt) throw new Error("the client went away");
    yield bytes.subarray(at, at + size);
  }
}

/** How an append goes: how many bytes it sends, in which chunks, and what fails. */
const appendPlan = fc.record({
  bytes: fc.nat(70),
  chunk: fc.integer({ min: 1, max: 40 }),
  /** After how many bytes the client goes away. */
  leaves: fc.option(fc.nat(70)),
  /** Which write to R2 or of the state fails, and whether it happens all the same. */
  fails: fc.option(fc.record({ write: fc.nat(6), when: fc.constantFrom("before" as const, "after" as const) })),
});

test("an object that is appended in random pieces, with lost clients and failed writes, has its bytes unchanged", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(200), fc.array(appendPlan, { maxLength: 40 }), async (size, plans) => {
      const bytes = content(size);
      const bucket = new MemoryBucket();
      let stored: PartialState = NO_BYTES;
      for (const { bytes: count, chunk, leaves, fails } of plans) {
        let writes = 0;
        const fault = (when: "before" | "after") => {
          if (fails?.when === when && fails.write === writes) throw new Error("R2 is away");
          if (when === "after") writes++;
        };
        bucket.fault = fault;
        const offset = PartialObject.size(stored, PART);
        // Each append starts from the stored state, as after a restart.
        const object = new PartialObject(bucket.asBucket(), target, stored);
        const body = inChunks(bytes.subarray(offset, offset + count), chunk, leaves ?? undefined);
        await object
          .append(body, async (state) => {
            fault("before");
            stored = state;
            fault("after");
          })
          .catch(() => undefined);
      }
      bucket.fault = () => undefined;
      const offset = PartialObject.size(stored, PART);
      const object = new PartialObject(bucket.asBucket(), target, stored);
      await object.append(inChunks(bytes.subarray(offset), 11), async (state) => {
        stored = state;
      });
      expect(await new PartialObject(bucket.asBucket(), target, stored).finish()).toBe(size);
      expect(bucket.objects).toEqual(new Map([[target.key, bytes]]));
    }),
    { numRuns: 300 },
  );
});

test("the bytes before a lost connection are kept", async () => {
  const bucket = new MemoryBucket();
  const states: PartialState[] = [];
  const object = new PartialObject(bucket.asBucket(), target, NO_BYTES);
  const appended = object.append(inChunks(content(60), 5, 45), async (state) => {
    states.push(state);
  });
  await expect(appended).rejects.toThrow("the client went away");
  expect(states.map((state) => PartialObject.size(state, PART))).toEqual([16, 32, 45]);
});

test("many small appends leave at most 32 pieces, and a removed object leaves nothing", async () => {
  const bucket = new MemoryBucket();
  const wide = { ...target, partSize: 200 };
  let stored: PartialState = NO_BYTES;
  for (const byte of content(150)) {
    await new PartialObject(bucket.asBucket(), wide, stored).append(inChunks(Uint8Array.of(byte), 1), async (state) => {
      stored = state;
    });
    expect(bucket.objects.size).toBeLessThanOrEqual(32);
  }
  expect(PartialObject.size(stored, 200)).toBe(150);
  const object = new PartialObject(bucket.asBucket(), wide, stored);
  await object.append(inChunks(content(100), 9), async (state) => {
    stored = state;
  });
  expect(bucket.uploads.size).toBe(1);
  await object.remove();
  expect([bucket.objects.size, bucket.uploads.size]).toEqual([0, 0]);
});

test("an object that could not be finished can be finished later, whether or not R2 had made it", async () => {
  for (const when of ["before", "after"] as const) {
    const bucket = new MemoryBucket();
    let stored: PartialState = NO_BYTES;
    await new PartialObject(bucket.asBucket(), target, stored).append(inChunks(content(40), 7), async (state) => {
      stored = state;
    });
    let writes = 0;
    bucket.fault = (moment) => {
      if (moment === when && writes++ === 1) throw new Error("R2 is away");
    };
    await expect(new PartialObject(bucket.asBucket(), target, stored).finish()).rejects.toThrow("R2 is away");
    bucket.fault = () => undefined;
    expect(await new PartialObject(bucket.asBucket(), target, stored).finish()).toBe(40);
    expect(bucket.objects).toEqual(new Map([[target.key, content(40)]]));
  }
});
