/** The prefix of a signing secret in the Standard Webhooks specification. */
const PREFIX = "whsec_";

/** Whether a text is a signing secret of that specification: `whsec_` followed by 24 to 64 bytes in base64. */
export function isWebhookSecret(text: string): boolean {
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : "";
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded)) return false;
  const bytes = atob(encoded).length;
  return bytes >= 24 && bytes <= 64;
}
