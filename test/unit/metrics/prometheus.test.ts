import fc from "fast-check";
import { expect, test } from "vitest";
import { encode, type Family } from "../../../src/metrics/prometheus.ts";

/** Parses the text format one character at a time, independently of the encoder. */
function decode(text: string): Family[] {
  const families: { name: string; help: string; type: Family["type"]; samples: Family["samples"][number][] }[] = [];
  if (text !== "" && !text.endsWith("\n")) throw new Error("the last line has no end");
  for (const line of text.split("\n").slice(0, -1)) {
    const help = /^# HELP (\S+) (.*)$/s.exec(line);
    const type = /^# TYPE (\S+) (counter|gauge)$/.exec(line);
    const last = families.at(-1);
    if (help) families.push({ name: help[1] ?? "", help: unescapeText(help[2] ?? ""), type: "gauge", samples: [] });
    else if (type && last && last.name === type[1]) last.type = type[2] as Family["type"];
    else if (last) last.samples.push(readSample(line, last.name));
    else throw new Error(`a line without a family: ${line}`);
  }
  return families;
}

function unescapeText(text: string): string {
  return text.replace(/\\(.)/gs, (_, next: string) => (next === "n" ? "\n" : next));
}

function readSample(line: string, name: string): Family["samples"][number] {
  if (!line.startsWith(name)) throw new Error(`not a sample of ${name}: ${line}`);
  let at = name.length;
  const labels: Record<string, string> = {};
  if (line[at] === "{") {
    at++;
    while (line[at] !== "}") {
      const label = /^[a-zA-Z_][a-zA-Z0-9_]*/.exec(line.slice(at))?.[0] ?? "";
      at += label.length;
      expect(line.slice(at, at + 2)).toBe('="');
      at += 2;
      let value = "";
      for (; line[at] !== '"'; at++) {
        if (line[at] !== "\\") value += line[at];
        else value += line[++at] === "n" ? "\n" : line[at];
      }
      labels[label] = value;
      at++;
      if (line[at] === ",") at++;
    }
    at++;
  }
  expect(line[at]).toBe(" ");
  const value = line.slice(at + 1);
  return { labels, value: value === "+Inf" ? Infinity : value === "-Inf" ? -Infinity : Number(value) };
}

const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,12}$/);
const labels = fc.dictionary(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/), fc.string({ unit: "binary" }), {
  maxKeys: 4,
  noNullPrototype: true,
});
const family: fc.Arbitrary<Family> = fc.record({
  name,
  help: fc.string({ unit: "binary" }),
  type: fc.constantFrom("counter" as const, "gauge" as const),
  samples: fc.array(fc.record({ labels, value: fc.double() }), { minLength: 1, maxLength: 4 }),
});

/** Text with special characters. Of these, only the line feed ends a line in this format. */
const awkward: Family = {
  name: "a",
  help: 'back\\slash, "quote",\nline feed and \r return',
  type: "gauge",
  samples: [{ labels: { path: 'C:\\dir\n"x"', other: "\\n" }, value: 1 }],
};

test("arbitrary metrics in the Prometheus text format are parsed back unchanged", () => {
  const zero = (value: number) => (value === 0 ? 0 : value);
  fc.assert(
    fc.property(fc.uniqueArray(family, { maxLength: 4, selector: (one) => one.name }), (families) => {
      const expected = families.map((one) => ({
        ...one,
        samples: one.samples.map((sample) => ({ ...sample, value: zero(sample.value) })),
      }));
      expect(decode(encode(families))).toEqual(expected);
    }),
    { numRuns: 300, examples: [[[awkward]], [[]]] },
  );
});

test("the Prometheus encoder escapes backslashes, line feeds and the quotes in labels", () => {
  expect(encode([awkward])).toBe(
    '# HELP a back\\\\slash, "quote",\\nline feed and \r return\n# TYPE a gauge\n' +
      'a{path="C:\\\\dir\\n\\"x\\"",other="\\\\n"} 1\n',
  );
});

test.each([
  [0, "0"],
  [1e21, "1e+21"],
  [1.5, "1.5"],
  [Number.NaN, "NaN"],
  [Infinity, "+Inf"],
  [-Infinity, "-Inf"],
])("the Prometheus encoder writes the number %d as %s", (value, text) => {
  expect(encode([{ name: "x", help: "", type: "gauge", samples: [{ labels: {}, value }] }])).toContain(`\nx ${text}\n`);
});

test("the Prometheus encoder omits a family without samples and refuses an invalid name", () => {
  expect(encode([{ ...awkward, samples: [] }])).toBe("");
  expect(() => encode([{ ...awkward, name: "a-b" }])).toThrow(RangeError);
  expect(() => encode([{ ...awkward, samples: [{ labels: { "a b": "" }, value: 1 }] }])).toThrow(RangeError);
});
