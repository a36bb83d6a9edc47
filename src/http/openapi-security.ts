import type { ErrorCode } from "../api/errors.ts";
import { type Policy, policyFor } from "./middleware/access-policy.ts";
import { meaningOf } from "./openapi-responses.ts";

/** The parts of an OpenAPI document that {@link addSecurity} changes. */
interface Document {
  paths?: Record<string, object>;
  components?: object;
}

const METHODS = ["get", "put", "post", "delete", "patch"] as const;

const SECURITY_SCHEMES = {
  bearer: { type: "http", scheme: "bearer", description: "An API key, created with `npm run keys -- create`." },
  key: { type: "apiKey", in: "header", name: "x-api-key", description: "An API key in a header of its own." },
  link: {
    type: "apiKey",
    in: "query",
    name: "signature",
    description:
      "The signature of a link, sent together with `expires`. It opens one file, or one task's page and data, until it expires. URLs of files in a task's data contain both in front of the path: `/link/{expires}.{signature}/tasks/…`.",
  },
};

const errorResponse = (schema: string, codes: readonly ErrorCode[], headers: readonly string[] = []) => ({
  description: meaningOf(...codes),
  ...(headers.length > 0
    ? { headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: "string" } }])) }
    : {}),
  content: { "application/json": { schema: { $ref: `#/components/schemas/${schema}` } } },
});

/** Errors that any request can get. */
const commonErrors = (schema: string) => ({
  414: errorResponse(schema, ["url_too_long"]),
  431: errorResponse(schema, ["headers_too_long"]),
});

/** Errors that a request to a path that is not public can get. */
const accessErrors = (schema: string) => ({
  400: errorResponse(schema, ["invalid_request"]),
  401: errorResponse(schema, ["unauthenticated"], ["WWW-Authenticate"]),
  403: errorResponse(schema, ["forbidden"]),
  429: errorResponse(schema, ["quota_exceeded"], ["Retry-After", "RateLimit", "RateLimit-Policy"]),
  503: errorResponse(schema, ["not_configured", "database_unavailable"]),
});

/** The security requirements of a policy; an empty list for public paths. */
function securityOf(policy: Policy): Record<string, string[]>[] {
  if (policy.kind === "open") return [];
  const scopes = [policy.kind === "key" ? policy.scope : "read"];
  return [{ bearer: scopes }, { key: scopes }, ...(policy.kind === "link" ? [{ link: [] }] : [])];
}

/**
 * Adds to every operation of an OpenAPI document who may use it and the error responses of the middleware. Uses the
 * same policy that requests are checked against, so the document and the checks cannot differ.
 *
 * @param auth the setting `AUTH`; with `off`, no operation needs a key.
 */
export function addSecurity<T extends Document>(document: T, auth: "on" | "off"): T {
  if (auth === "on") document.components = { ...document.components, ...{ securitySchemes: SECURITY_SCHEMES } };
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    const schema = path.startsWith("/v1/") ? "OpenAIError" : "Error";
    for (const method of METHODS) {
      const operation = (item as Record<string, { responses: object }>)[method];
      if (!operation) continue;
      const policy = policyFor(method.toUpperCase(), path);
      Object.assign(operation, { security: auth === "on" ? securityOf(policy) : [] });
      operation.responses = {
        ...commonErrors(schema),
        ...(policy.kind === "open" ? {} : accessErrors(schema)),
        ...operation.responses,
      };
    }
  }
  return document;
}
