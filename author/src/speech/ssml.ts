/** Speech Synthesis Markup Language 1.0. A rate without a sign would be a percentage of the default rate. */
export function ssml(text: string, voice: string, language: string, rate: number): string {
  const percent = Math.round((rate - 1) * 100);
  const prosody = `<prosody rate="${percent < 0 ? "" : "+"}${percent}%">${escapeXml(text)}</prosody>`;
  const attributes = `version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="${escapeXml(language)}"`;
  return `<speak ${attributes}><voice name="${escapeXml(voice)}">${prosody}</voice></speak>`;
}

/** Escapes text for XML 1.0, and removes the characters that it cannot contain. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}
