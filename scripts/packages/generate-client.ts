// npm run client:generate: writes the client's generated files, from the service's OpenAPI document and table of errors.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { clientFolder, clientSources } from "./client-sources.ts";

for (const [name, text] of Object.entries(await clientSources())) {
  const path = join(clientFolder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  console.log(`wrote packages/client/${name}`);
}
