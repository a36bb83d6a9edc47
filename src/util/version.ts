import packageJson from "../../package.json" with { type: "json" };

/** The service's version, from package.json. */
export const { version } = packageJson;
