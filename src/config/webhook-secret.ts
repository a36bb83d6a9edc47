/** What begins a secret for signing, by the Standard Webhooks specification. */
const PREFIX = "whsec_";

/** Whether a text is a secret of that specification: 24 to 64 bytes in base64 behind `whsec_`. */
export function isWebhookSecret(text: string): boolean {
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : "";
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded)) return false;
  const bytes = atob(encoded).length;
  return bytes >= 24 && bytes <= 64;
}
