/** The owner of everything that is created with `AUTH=off`, or was created before the service had owners. */
export const DEFAULT_OWNER = "default";

const OWNER = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/**
 * Whether the text is a valid name of an owner: 1 to 64 lower-case letters, digits, dots, dashes and underscores. The
 * first and the last character are a letter or a digit.
 */
export function isOwner(text: string): boolean {
  return OWNER.test(text);
}
