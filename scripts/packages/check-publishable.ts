// Runs before `npm publish` of each package: refuses to publish with placeholder addresses.
import { readFile } from "node:fs/promises";

const { name, homepage, repository } = JSON.parse(await readFile("package.json", "utf8")) as {
  name: string;
  homepage?: string;
  repository?: { url?: string };
};
for (const [field, value] of Object.entries({ homepage, "repository.url": repository?.url })) {
  if (value !== undefined && !new URL(value).hostname.endsWith(".example")) continue;
  console.error(`${name}: set ${field} in package.json to the address of this project before publishing`);
  process.exitCode = 1;
}
