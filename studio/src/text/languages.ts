import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { en, type TextName, type Texts } from "./en.ts";
import { zh } from "./zh.ts";

/** The languages of the page: BCP 47 tag, own name, texts. */
export const languages = [
  { tag: "en", name: "English", texts: en },
  { tag: "zh", name: "中文", texts: zh },
] as const satisfies readonly { tag: string; name: string; texts: Texts }[];

const STORED = "edgereel-language";

/** The visitor's language: the one chosen before, else the browser's. */
export function preferredLanguage(): string {
  const wanted = [localStorage.getItem(STORED) ?? "", ...navigator.languages];
  const found = wanted.flatMap((tag) => languages.find((language) => tag.startsWith(language.tag)) ?? []);
  return found[0]?.tag ?? "en";
}

/** Keeps the chosen language for the next visit. */
export function storeLanguage(tag: string): void {
  localStorage.setItem(STORED, tag);
}

export const LanguageContext = createContext<string>("en");

/** Returns the function that gives a text of the page in the visitor's language, with its values. */
export function useText(): (name: TextName, values?: Readonly<Record<string, string | number>>) => string {
  const tag = useContext(LanguageContext);
  const texts: Texts = languages.find((language) => language.tag === tag)?.texts ?? en;
  return (name, values = {}) => texts[name].replace(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ""));
}
