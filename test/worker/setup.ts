import { prepareDatabase } from "./database.ts";

await prepareDatabase();
