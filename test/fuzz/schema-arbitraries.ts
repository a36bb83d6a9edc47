import fc from "fast-check";

/** The parts of a JSON Schema in OpenAPI 3.1 that fuzzing uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  format?: string;
  pattern?: string;
}

/** Replaces references with the schemas that they name. The document must not have recursive schemas. */
export function inlined(schema: Schema, all: Readonly<Record<string, Schema>>): Schema {
  return JSON.parse(JSON.stringify(schema), (_, value: unknown) => {
    const name = /^#\/components\/schemas\/(.+)$/.exec((value as Schema | null)?.$ref ?? "")?.[1];
    const named = name === undefined ? undefined : all[name];
    return named === undefined ? value : inlined(named, all);
  }) as Schema;
}

/** Values that the service is likely to accept, such as names of existing files, by the name of the field. Most objects have these fields. */
export type Hints = Readonly<Record<string, readonly unknown[]>>;

/** Values that are valid for a schema. They are small, and have few of the optional fields. */
export function valid(schema: Schema, hints: Hints = {}): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => valid(choice, hints)));
  const types = [schema.type ?? []].flat();
  return types.length === 0 ? fc.jsonValue() : fc.oneof(...types.map((type) => ofType(type, schema, hints)));
}

function ofType(type: string, schema: Schema, hints: Hints): fc.Arbitrary<unknown> {
  switch (type) {
    case "string":
      return text(schema);
    case "integer":
      return fc.integer({ min: schema.minimum ?? -1000, max: Math.min(schema.maximum ?? 1000, 2 ** 31 - 1) });
    case "number":
      return fc.double({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array": {
      const minLength = schema.minItems ?? 0;
      return fc.array(valid(schema.items ?? {}, hints), { minLength, maxLength: Math.max(minLength, 3) });
    }
    case "object":
      return object(schema, hints);
    default:
      return fc.jsonValue();
  }
}

function text({ format, pattern, minLength = 0, maxLength = 200 }: Schema): fc.Arbitrary<string> {
  if (format === "uuid") return fc.uuid();
  if (format === "uri") return fc.webUrl();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, "u"));
  return fc.string({ unit: "binary", minLength, maxLength: Math.min(maxLength, 200) });
}

function object({ properties = {}, required = [] }: Schema, hints: Hints): fc.Arbitrary<object> {
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  const hinted = optional.filter((name) => hints[name]);
  return fc
    .tuple(fc.subarray(optional, { maxLength: Math.min(optional.length, 5) }), fc.integer({ min: 0, max: 4 }))
    .chain(([chosen, luck]) => {
      // Most requests need one of several optional fields, and the hints have valid values for them.
      const names = new Set([...required, ...chosen, ...(luck > 0 ? hinted : [])]);
      return fc.record(Object.fromEntries([...names].map((name) => [name, field(name, properties, hints)])));
    });
}

function field(name: string, properties: Record<string, Schema>, hints: Hints): fc.Arbitrary<unknown> {
  const any = valid(properties[name] ?? {}, hints);
  const likely = hints[name];
  return likely ? fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...likely) }, { weight: 1, arbitrary: any }) : any;
}

/** Values of a wrong type, too long, too large, or similar to an attack. */
const ODD_VALUES = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>("", " ", "\0", "null", "../../etc/passwd", "%00", "{{7*7}}", "' OR 1=1 --", "__proto__"),
  fc.constantFrom<unknown>(-1, 0, 1e308, -1e308, 2 ** 53, 0.1, Number.MIN_VALUE),
  fc.constantFrom<unknown>("https://169.254.169.254/", "http://[::1]/", "file:///etc/passwd", "javascript:alert(1)"),
  fc.integer({ min: 300, max: 5000 }).map((length) => "a".repeat(length)),
  fc.integer({ min: 101, max: 2000 }).map((length) => Array(length).fill(null)),
  fc.integer({ min: 10, max: 500 }).map((depth) => nested(depth)),
  fc.string({ unit: fc.constantFrom("\ud800", "\u202e", "\ufeff", "e\u0301", "\u{1F3AC}", "\n") }),
);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Invalid values: with an odd, missing or unknown field, or odd as a whole. A few of them may be valid by chance. */
export function broken(schema: Schema, hints: Hints = {}): fc.Arbitrary<unknown> {
  const names = Object.keys(schema.properties ?? {});
  if (names.length === 0) return ODD_VALUES;
  const whole = valid(schema, hints) as fc.Arbitrary<Record<string, unknown>>;
  const name = fc.constantFrom(...names);
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(whole, name, ODD_VALUES).map(([value, key, odd]) => ({ ...value, [key]: odd })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(whole, name)
        .map(([value, key]) => Object.fromEntries(Object.entries(value).filter(([other]) => other !== key))),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(whole, fc.string(), ODD_VALUES).map(([value, key, odd]) => ({ ...value, [key]: odd })),
    },
    { weight: 1, arbitrary: ODD_VALUES },
  );
}
