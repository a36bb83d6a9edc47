// npm run deploy: both Workers, their resources, the database's schema and the secret for links. `-- --dry-run` only builds.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dryRun = process.argv.includes("--dry-run");

const command = fileURLToPath(new URL("../node_modules/wrangler/bin/wrangler.js", import.meta.url));

/** Runs wrangler with its output shown; whether it succeeded. */
function wrangler(...args: string[]): boolean {
  console.log(`\n> wrangler ${args.join(" ")}`);
  return spawnSync(process.execPath, [command, ...args], { cwd: root, stdio: "inherit" }).status === 0;
}

/** Gives the service a secret to sign links with, if it has none: it never leaves this process but to Cloudflare. */
function setLinkSecret(): boolean {
  console.log("\n> wrangler secret list");
  const options = { cwd: root, encoding: "utf8" } as const;
  const listed = spawnSync(process.execPath, [command, "secret", "list", "--format", "json"], options);
  // Where it is not known whether there is one, none is written over it.
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
  console.error(`\nDeploying stopped: ${step} failed. What was done before stays; it can be run again.`);
  process.exit(1);
}

const migrate = () => must("migrating the database", wrangler("d1", "migrations", "apply", "DB", "--remote"));

if (dryRun) {
  must("building the renderer", wrangler("deploy", "-c", "wasm/wrangler.toml", "--dry-run"));
  must("building the API", wrangler("deploy", "--containers-rollout=none", "--dry-run"));
} else {
  // Wrangler provisions D1, R2 and the queues that are written to; the dead-letter queue is only read.
  if (!wrangler("queues", "info", "edgereel-dead-jobs")) {
    must("making the dead-letter queue", wrangler("queues", "create", "edgereel-dead-jobs"));
  }
  // The API's service binding needs the renderer to be there.
  must("deploying the renderer", wrangler("deploy", "-c", "wasm/wrangler.toml"));
  // The container's image is built on this machine.
  const hasDocker = spawnSync("docker", ["info"], { stdio: "ignore" }).status === 0;
  const rollout = hasDocker ? [] : ["--containers-rollout=none"];
  if (!hasDocker)
    console.log(
      "\nNo Docker engine answers: the ffmpeg container is left as it is, or out. ffmpeg.wasm renders without it.",
    );
  // Once wrangler has written the database's id down, its schema goes ahead of the code that reads it.
  const provisioned = /^database_id\s*=/m.test(readFileSync(new URL("../wrangler.toml", import.meta.url), "utf8"));
  if (provisioned) migrate();
  must("deploying the API", wrangler("deploy", ...rollout));
  if (!provisioned) migrate();
  must("setting the secret for links", setLinkSecret());
  console.log("\nWho has no API key may do nothing. Make one with: npm run keys -- create --remote --owner NAME");
}
