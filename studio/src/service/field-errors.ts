/** Reads what a message says about each field: `video_count: must be …; voice_name: …`. */
export function fieldErrors(message: string): Map<string, string> {
  const errors = new Map<string, string>();
  for (const part of message.split(/; (?=[a-z_]+(?:\[\d+\])?(?:\.\w+)*: )/)) {
    const match = /^([a-z_]+)(?:\[\d+\])?(?:\.\w+)*: (.+)$/s.exec(part);
    if (match?.[1] && match[2]) errors.set(match[1], errors.get(match[1]) ?? match[2]);
  }
  return errors;
}
