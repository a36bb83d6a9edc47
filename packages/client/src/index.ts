export { type CallOptions, Edgereel } from "./edgereel.ts";
export { ConnectionError, EdgereelError, WebhookVerificationError } from "./edgereel-error.ts";
export { errorOfTask } from "./errors.ts";
export * from "./generated/errors.ts";
export type { components, paths, webhooks } from "./generated/openapi.ts";
export type { TransportOptions } from "./transport.ts";
export type {
  Collection,
  DryRun,
  ErrorCode,
  Health,
  Task,
  TaskOrId,
  TaskPage,
  TaskQuery,
  UploadedFile,
  VideoRequest,
  Voice,
  WebhookEvent,
} from "./types.ts";
export { collectionOf, type UploadOptions, type UploadProgress } from "./upload.ts";
export { verifyWebhook, type WebhookHeaders } from "./webhook.ts";
