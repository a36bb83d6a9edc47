import { expect, test } from "vitest";
import { escapeXml, ssml } from "../../../author/src/speech/ssml.ts";

test.each([
  [1, "+0%"],
  [1.2, "+20%"],
  [0.5, "-50%"],
  [2, "+100%"],
])("a rate of %d is the prosody %s", (rate, prosody) => {
  expect(ssml("Hi", "en-US-JennyNeural", "en-US", rate)).toContain(`<prosody rate="${prosody}">Hi</prosody>`);
});

test("text, voice and language are escaped", () => {
  const document = ssml('</prosody><break/> "a" & b', "x'><y", 'en"', 1);
  expect(document).toContain("&lt;/prosody&gt;&lt;break/&gt; &quot;a&quot; &amp; b</prosody>");
  expect(document).toContain('voice name="x&apos;&gt;&lt;y"');
  expect(document).toContain('xml:lang="en&quot;"');
});

test("characters that XML cannot contain are removed", () => {
  expect(escapeXml("a\u0000b\u0008c\u{1F600}\tx\ufffe\ud800y")).toBe("abc😀\tx\ufffdy");
});
