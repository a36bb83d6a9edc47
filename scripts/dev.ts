// npm run dev: the service on http://localhost:8080, with its data in .wrangler/state.
import { fileURLToPath } from "node:url";
import { startService } from "./service.ts";

const port = Number(process.env.PORT ?? 8080);
const state = fileURLToPath(new URL("../.wrangler/state", import.meta.url));

const service = await startService({
  port,
  state,
  onLine: (line, from) => line.trim() !== "" && console.log(`[${from}] ${line}`),
});
console.log(
  `\nEdgereel is ready at http://localhost:${port} (API reference: http://localhost:${port}/docs). Stop it with Ctrl-C.\n`,
);

const stop = async () => {
  await service.stop();
  process.exit(0);
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

try {
  await service.failed;
} catch (error) {
  console.error(String(error));
  await service.stop();
  process.exit(1);
}
