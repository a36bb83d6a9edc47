import { z } from "zod";

/**
 * Reads the values of a request as MoneyPrinterTurbo and its clients mean them: web forms and n8n send numbers and
 * switches as text, and empty text or null for a field that they leave out.
 */

/** What a field accepts. */
interface Accepted {
  /** The kinds of values, as zod names them. */
  types: Set<string>;
  /** The values of an enumeration. */
  options: string[];
  /** The schema of the items of a list of objects; null for other fields. */
  item: z.ZodObject | null;
}

/** Numbers as JSON and Python write them. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** The words for true and false that MoneyPrinterTurbo accepts. */
const SWITCHES = new Map<string, boolean>([
  ...["true", "1", "yes", "on", "y", "t"].map((word) => [word, true] as const),
  ...["false", "0", "no", "off", "n", "f"].map((word) => [word, false] as const),
]);

/**
 * Returns the body with values of the types of the schema's fields, if the given values say the same in another way.
 * Null and empty text count as a field that is left out, unless the field accepts them. Any other value stays as it is,
 * also that of an unknown field.
 */
export function lenientValues(schema: z.ZodObject, body: object): Record<string, unknown> {
  const entries = Object.entries(body).flatMap(([name, value]): [string, unknown][] => {
    const field = fieldOf(schema, name);
    if (!field) return [[name, value]];
    const accepted = acceptedBy(field);
    return isLeftOut(field, accepted, value) ? [] : [[name, lenientValue(value, accepted)]];
  });
  // Unlike assignments, this keeps a field named `__proto__`.
  return Object.fromEntries(entries);
}

/** The schema of the objects at a path inside a request; null if there are none. */
export function schemaAt(schema: z.ZodObject, path: readonly PropertyKey[]): z.ZodObject | null {
  const [name, ...rest] = path.filter((step) => typeof step !== "number");
  if (name === undefined) return schema;
  const field = fieldOf(schema, name);
  const item = field && acceptedBy(field).item;
  return item ? schemaAt(item, rest) : null;
}

function fieldOf({ shape }: z.ZodObject, name: PropertyKey): z.core.$ZodType | undefined {
  return Object.hasOwn(shape, name) ? shape[String(name)] : undefined;
}

function isLeftOut(field: z.core.$ZodType, { types }: Accepted, value: unknown): boolean {
  if (value !== null && (typeof value !== "string" || value.trim() !== "")) return false;
  if (z.safeParse(field, value).success) return false;
  // Empty text in a text field without a default is an error, because the field has to say something.
  return value === null || !types.has("string") || (field as z.core.$ZodTypes)._zod.def.type === "default";
}

function lenientValue(value: unknown, { types, options, item }: Accepted): unknown {
  if (Array.isArray(value) && item) {
    return value.map((each) => (typeof each === "object" && each !== null ? lenientValues(item, each) : each));
  }
  if (types.has("boolean") && (value === 0 || value === 1)) return value === 1;
  if (typeof value !== "string") return value;
  const text = value.trim();
  const word = text.toLowerCase();
  // In a field that also accepts text, such as a colour, only these words are switches.
  if (types.has("boolean") && (!types.has("string") || word === "true" || word === "false")) {
    return SWITCHES.get(word) ?? value;
  }
  if (types.has("number") && !types.has("string") && NUMBER.test(text)) return Number(text);
  if (options.length === 0 || options.includes(value)) return value;
  return options.find((option) => option.toLowerCase() === word) ?? value;
}

/** What a schema accepts, through defaults, transformations and unions. */
function acceptedBy(
  schema: z.core.$ZodType,
  found: Accepted = { types: new Set(), options: [], item: null },
): Accepted {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "default":
    case "optional":
    case "nullable":
      return acceptedBy(def.innerType, found);
    case "pipe":
      return acceptedBy(def.in, found);
    case "union":
      for (const option of def.options) acceptedBy(option, found);
      return found;
    case "enum":
      found.options.push(...Object.values(def.entries).map(String));
      break;
    case "array":
      if (def.element instanceof z.ZodObject) found.item = def.element;
      break;
  }
  found.types.add(def.type);
  return found;
}
