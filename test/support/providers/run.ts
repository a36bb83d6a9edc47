// Runs the fake providers in a process of its own: node test/support/providers/run.ts [PORT]. It prints their address.
import { startFakeProviders } from "./server.ts";

const [port = "0"] = process.argv.slice(2);
const { origin } = await startFakeProviders({ port: Number(port) });
console.log(`Ready on ${origin}`);
