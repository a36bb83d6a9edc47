/**
 * zod without the parts that the Worker never calls: error messages in other languages, the schema compiler, the
 * reader of JSON Schema, and kinds of schemas that it has none of. The bundle uses this module instead of "zod" (see `alias` in wrangler.toml), also for packages
 * that import zod. zod's own entry module exports all of this in namespaces, which esbuild keeps whole.
 * Messages stay the same, because the schema classes import the English ones themselves.
 */
export * from "../../node_modules/zod/v4/classic/checks.js";
export * as coerce from "../../node_modules/zod/v4/classic/coerce.js";
export * from "../../node_modules/zod/v4/classic/compat.js";
export * from "../../node_modules/zod/v4/classic/errors.js";
export * as iso from "../../node_modules/zod/v4/classic/iso.js";
export { ZodISODate, ZodISODateTime, ZodISODuration, ZodISOTime } from "../../node_modules/zod/v4/classic/iso.js";
export * from "../../node_modules/zod/v4/classic/parse.js";
export {
  any,
  array,
  boolean,
  custom,
  discriminatedUnion,
  email,
  enum,
  instanceof,
  int,
  lazy,
  literal,
  looseObject,
  never,
  null,
  nullable,
  number,
  object,
  optional,
  pipe,
  preprocess,
  record,
  strictObject,
  string,
  transform,
  tuple,
  undefined,
  union,
  unknown,
  url,
  uuid,
  ZodObject,
  ZodType,
} from "../../node_modules/zod/v4/classic/schemas.js";
export { TimePrecision } from "../../node_modules/zod/v4/core/api.js";
export { $brand, config, NEVER } from "../../node_modules/zod/v4/core/core.js";
export { flattenError } from "../../node_modules/zod/v4/core/errors.js";
export { toJSONSchema } from "../../node_modules/zod/v4/core/json-schema-processors.js";
export { $input, $output, globalRegistry, registry } from "../../node_modules/zod/v4/core/registries.js";
export { clone, toZod } from "../../node_modules/zod/v4/core/util.js";
export * as default from "./zod-without-locales.ts";
export * as z from "./zod-without-locales.ts";
