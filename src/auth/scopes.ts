/** The scopes of API keys, in ascending order. Each includes the scopes before it. */
export const scopes = ["read", "write", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** Whether a key with the scopes `held` may do something that requires the scope `needed`. */
export function grants(held: readonly Scope[], needed: Scope): boolean {
  const level = scopes.indexOf(needed);
  return held.some((scope) => scopes.indexOf(scope) >= level);
}

/** Parses scopes that are separated by commas; null if the text is empty or contains an unknown scope. */
export function parseScopes(text: string): Scope[] | null {
  const names = text.split(",").map((name) => name.trim());
  const known = scopes.filter((scope) => names.includes(scope));
  return known.length > 0 && names.every((name) => (scopes as readonly string[]).includes(name)) ? known : null;
}
