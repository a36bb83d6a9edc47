import type { TaskData } from "../../../src/api/task.ts";

export type { TaskData };

/** An uploaded file, as a list of files has it. */
export interface StoredFile {
  file: string;
  size: number;
  kind?: string;
  duration?: number;
}

export interface Voice {
  id: string;
  name: string;
  language: string;
  gender: "female" | "male" | "neutral";
  provider: string;
}

/** What the service can write, speak and find with its settings. */
export interface Abilities {
  model: { provider: string; name: string } | null;
  speech: string[];
  footage: string[];
  pictures: string[];
  hints: { model: string; speech: string; footage: Record<string, string>; pictures: string };
}

/** A named look of subtitles. */
export interface SubtitlePreset {
  id: string;
  name: string;
  description: string;
  /** The values that it gives to other fields of the request. */
  fields: Readonly<Record<string, unknown>>;
  /** The address of a picture of a subtitle in this look, rendered by the service itself. */
  picture: string;
}

/** Whom to credit for a clip. */
export interface Credit {
  provider: string;
  page: string | null;
  author: string | null;
  author_page: string | null;
  licence: string | null;
  term: string;
}

/** A clip of a stock provider. */
export interface StockFootage {
  id: string;
  url: string;
  duration: number;
  /** The address of a picture of it at the service. */
  thumbnail: string | null;
  credit: Credit;
}

/** A field of the request, as the API's description has it (JSON Schema). */
export interface FieldSchema {
  type?: string | string[];
  enum?: (string | number | null)[];
  anyOf?: FieldSchema[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  description?: string;
  items?: FieldSchema;
}
