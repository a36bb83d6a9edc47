/** The service's version. A test compares it with package.json, which would be bundled whole. */
export const version = "0.2.0";
