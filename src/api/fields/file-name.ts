import { z } from "zod";

/** The name of an uploaded file, or an https URL; empty text counts as null. */
export const fileName = z
  .string()
  .max(2048)
  .nullish()
  .transform((name) => name || null);
