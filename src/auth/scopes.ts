/** What a key may do, from the least to the most; each holds those before it. */
export const scopes = ["read", "write", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** Whether a key with the scopes `held` may do what needs `needed`. */
export function grants(held: readonly Scope[], needed: Scope): boolean {
  const level = scopes.indexOf(needed);
  return held.some((scope) => scopes.indexOf(scope) >= level);
}

/** Reads scopes with commas between; null for a text that has none, or something else. */
export function parseScopes(text: string): Scope[] | null {
  const names = text.split(",").map((name) => name.trim());
  const known = scopes.filter((scope) => names.includes(scope));
  return known.length > 0 && names.every((name) => (scopes as readonly string[]).includes(name)) ? known : null;
}
