// npm run deploy: deploys the Workers, their resources, the database schema and the secret for links.
// `npm run deploy -- --dry-run` only builds. `npm run deploy -- --voice` also deploys the embedded voice.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dryRun = process.argv.includes("--dry-run");
const withVoice = process.argv.includes("--voice");

const command = fileURLToPath(new URL("../node_modules/wrangler/bin/wrangler.js", import.meta.url));

/** Runs wrangler and shows its output. Returns true if it succeeded. */
function wrangler(...args: string[]): boolean {
  console.log(`\n> wrangler ${args.join(" ")}`);
  return spawnSync(process.execPath, [command, ...args], { cwd: root, stdio: "inherit" }).status === 0;
}

/** Creates the secret that signs links if the service has none. It is sent to Cloudflare and stored nowhere else. */
function setLinkSecret(): boolean {
  console.log("\n> wrangler secret list");
  const options = { cwd: root, encoding: "utf8" } as const;
  const listed = spawnSync(process.execPath, [command, "secret", "list", "--format", "json"], options);
  // A secret may exist: never overwrite it.
  if (listed.status !== 0) return false;
  if (/"name":\s*"LINK_SECRETS"/.test(listed.stdout)) return true;
  console.log("\n> wrangler secret put LINK_SECRETS");
  const put = spawnSync(process.execPath, [command, "secret", "put", "LINK_SECRETS"], {
    ...{ cwd: root, input: randomBytes(32).toString("hex") },
    stdio: ["pipe", "inherit", "inherit"],
  });
  return put.status === 0;
}

function must(step: string, succeeded: boolean): void {
  if (succeeded) return;
  console.error(`\nThe deploy stopped: ${step} failed. The earlier steps are done. You can run the deploy again.`);
  process.exit(1);
}

const authorConfig = ["-c", "author/wrangler.deployed.toml", "--env", withVoice ? "voice" : ""];
const migrate = () => must("migrating the database", wrangler("d1", "migrations", "apply", "DB", "--remote"));

if (dryRun) {
  must("building the renderer", wrangler("deploy", "-c", "wasm/wrangler.toml", "--dry-run"));
  if (withVoice) must("building the embedded voice", wrangler("deploy", "-c", "voice/wrangler.toml", "--dry-run"));
  must("building the author Worker", wrangler("deploy", ...authorConfig, "--dry-run"));
  must("building the API", wrangler("deploy", "--containers-rollout=none", "--dry-run"));
} else {
  // Wrangler creates D1, R2 and the queues that the Worker sends to. It does not create the dead-letter queue.
  if (!wrangler("queues", "info", "edgereel-dead-jobs")) {
    must("creating the dead-letter queue", wrangler("queues", "create", "edgereel-dead-jobs"));
  }
  // These first, because the API has service bindings to them.
  must("deploying the renderer", wrangler("deploy", "-c", "wasm/wrangler.toml"));
  // Not by default: 14.2 MiB gzipped is more than the 10 MiB that some accounts may upload.
  if (withVoice) must("deploying the embedded voice", wrangler("deploy", "-c", "voice/wrangler.toml"));
  must("deploying the author Worker", wrangler("deploy", ...authorConfig));
  // Docker builds the container's image on this machine.
  const hasDocker = spawnSync("docker", ["info"], { stdio: "ignore" }).status === 0;
  const rollout = hasDocker ? [] : ["--containers-rollout=none"];
  if (!hasDocker)
    console.log(
      "\nDocker is not running, so the ffmpeg container is not deployed or updated. Without a container, ffmpeg.wasm renders.",
    );
  // Migrate before the new code runs. On the first deploy the database does not exist yet: migrate after it.
  const provisioned = /^database_id\s*=/m.test(readFileSync(new URL("../wrangler.toml", import.meta.url), "utf8"));
  if (provisioned) migrate();
  must("deploying the API", wrangler("deploy", ...rollout));
  if (!provisioned) migrate();
  must("setting the secret for links", setLinkSecret());
  console.log(
    "\nWorkers AI writes scripts and speaks. docs/providers.md says how to set other providers, such as Pexels for footage.",
  );
  console.log("Requests need an API key. Make one with: npm run keys -- create --remote --owner NAME");
}
