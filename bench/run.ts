// npm run bench [NAME …]: runs the named benchmarks, or all of them, one after the other. They print ratios and
// percentiles of one run on this machine, so compare results only between runs on the same machine.
import { readdir } from "node:fs/promises";

const names = (await readdir(new URL(".", import.meta.url)))
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.replace(/\.bench\.ts$/, ""))
  .sort();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown benchmark: ${unknown.join(", ")}. Available: ${names.join(", ")}.`);
  process.exit(2);
}

for (const name of wanted.length > 0 ? wanted : names) {
  console.log(`\n== ${name}`);
  const { bench } = (await import(`./${name}.bench.ts`)) as { bench: () => Promise<void> };
  await bench();
}
