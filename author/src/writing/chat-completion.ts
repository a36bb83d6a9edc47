/** A body of a chat completion as far as servers are known to differ in it. */
type Body = Record<string, unknown>;

/**
 * Brings the body of a chat completion into the form that OpenAI documents. Some servers answer the content as a list of
 * parts.
 */
export function normalizeCompletion(body: unknown): unknown {
  if (!isObject(body) || !Array.isArray(body.choices)) return body;
  return { ...body, choices: body.choices.map((choice: unknown) => normalizeChoice(choice)) };
}

/**
 * The status of an error that a server answers with status 200, as OpenRouter does: that of the error's code, or else
 * 502. Null if the body is no error.
 */
export function statusOfError(body: unknown): number | null {
  if (!isObject(body) || Array.isArray(body.choices) || !body.error) return null;
  const code = isObject(body.error) ? Number(body.error.code) : Number.NaN;
  return Number.isInteger(code) && code >= 400 && code < 600 ? code : 502;
}

function normalizeChoice(choice: unknown): unknown {
  if (!isObject(choice) || !isObject(choice.message) || !Array.isArray(choice.message.content)) return choice;
  const texts = choice.message.content.map((part: unknown) => (isObject(part) ? part.text : part));
  const content = texts.filter((text) => typeof text === "string").join("");
  return { ...choice, message: { ...choice.message, content } };
}

function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null;
}
