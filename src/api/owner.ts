/** The owner of what was made before there were owners, and of all that is made with `AUTH=off`. */
export const DEFAULT_OWNER = "default";

const OWNER = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/** Whether a text may name an owner: up to 64 lower-case letters, digits, dots, dashes and underscores. */
export function isOwner(text: string): boolean {
  return OWNER.test(text);
}
