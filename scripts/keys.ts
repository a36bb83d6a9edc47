// npm run keys -- create|list|rotate|revoke: manages API keys of the local service, even while it is running. With
// --remote it manages the keys of the deployed service.
import { KeyAdminError } from "./key-admin.ts";
import { keysUsage, manageKeys, readKeyArguments } from "./keys-command.ts";
import { wranglerExecute } from "./wrangler-d1.ts";

const USAGE = `${keysUsage("npm run keys --")}

  --remote                use the deployed service instead of the local one
  --state FOLDER          state folder of the local service; default .wrangler/state`;

try {
  const { values, positionals } = readKeyArguments<{ remote?: boolean; state?: string }>(
    process.argv.slice(2),
    { remote: { type: "boolean" }, state: { type: "string" } },
    USAGE,
  );
  await manageKeys(positionals, values, wranglerExecute(values), USAGE);
} catch (error) {
  if (!(error instanceof KeyAdminError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
