/** The languages of code that a request can be copied as. */
export const snippetKinds = ["curl", "JSON", "Node", "Python"] as const;
export type SnippetKind = (typeof snippetKinds)[number];

/** Code that sends a request to a service, so that the page teaches the API. The key is read from the environment. */
export function codeSnippet(kind: SnippetKind, request: object, origin: string, withKey: boolean): string {
  const json = JSON.stringify(request, null, 2);
  if (kind === "JSON") return json;
  if (kind === "curl") {
    const key = withKey ? `  -H "x-api-key: $EDGEREEL_API_KEY" \\\n` : "";
    return `curl ${origin}/api/v1/videos \\\n  -H 'content-type: application/json' \\\n${key}  -d '${json.replaceAll("'", `'\\''`)}'`;
  }
  if (kind === "Node") {
    const key = withKey ? `\n    "x-api-key": process.env.EDGEREEL_API_KEY,` : "";
    return `const service = ${JSON.stringify(origin)};
const created = await fetch(\`\${service}/api/v1/videos\`, {
  method: "POST",
  headers: {
    "content-type": "application/json",${key}
  },
  body: JSON.stringify(${json.replaceAll("\n", "\n  ")}),
});
const { message, data } = await created.json();
if (!created.ok) throw new Error(message);
console.log(\`\${service}/watch/\${data.task_id}\`);`;
  }
  const headers = withKey ? `{"x-api-key": os.environ["EDGEREEL_API_KEY"]}` : "{}";
  return `import os

import requests

service = ${JSON.stringify(origin)}
created = requests.post(
    f"{service}/api/v1/videos",
    headers=${headers},
    json=${python(request)},
).json()
if created["status"] != 200:
    raise SystemExit(created["message"])
print(f"{service}/watch/{created['data']['task_id']}")`;
}

/** A value as a Python literal. */
function python(value: unknown, indent = "    "): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number" || typeof value === "string") return JSON.stringify(value);
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => `${inner}${python(item, inner)},\n`).join("")}${indent}]`;
  }
  const entries = Object.entries(value as object);
  if (entries.length === 0) return "{}";
  const lines = entries.map(([name, item]) => `${inner}${JSON.stringify(name)}: ${python(item, inner)},\n`);
  return `{\n${lines.join("")}${indent}}`;
}
