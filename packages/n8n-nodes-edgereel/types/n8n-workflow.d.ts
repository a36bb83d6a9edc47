/**
 * The part of n8n-workflow that these nodes use. n8n-workflow and its dependencies have more than 100 MB, so the
 * repository does not install them. A test compiles the nodes with the real types.
 */
declare module "n8n-workflow" {
  export interface IDataObject {
    [name: string]: unknown;
  }
  export type JsonObject = IDataObject;
  export type Icon = string | { light: string; dark: string };

  export interface INodeProperties {
    displayName: string;
    name: string;
    type: string;
    default: unknown;
    description?: string;
    hint?: string;
    placeholder?: string;
    required?: boolean;
    noDataExpression?: boolean;
    typeOptions?: IDataObject;
    displayOptions?: { show: Record<string, unknown[]> };
    options?: (INodeProperties | { name: string; value: string; action?: string; description?: string })[];
  }

  export interface ICredentialType {
    name: string;
    displayName: string;
    properties: INodeProperties[];
  }
  export interface IAuthenticateGeneric {
    type: "generic";
    properties: { headers: Record<string, string> };
  }
  export interface ICredentialTestRequest {
    request: { baseURL: string; url: string; qs?: IDataObject };
  }

  export interface INodeTypeDescription {
    displayName: string;
    name: string;
    icon: Icon;
    group: string[];
    version: number;
    subtitle: string;
    description: string;
    eventTriggerDescription?: string;
    defaults: { name: string };
    usableAsTool?: true;
    inputs: string[];
    outputs: string[];
    credentials: { name: string; required: boolean }[];
    webhooks?: { name: string; httpMethod: string; responseMode: string; path: string }[];
    properties: INodeProperties[];
  }
  export interface INodeType {
    description: INodeTypeDescription;
  }

  export interface INode {
    name: string;
  }
  export interface IBinaryData {
    fileName?: string;
    mimeType: string;
  }
  export interface INodeExecutionData {
    json: IDataObject;
    binary?: Record<string, IBinaryData>;
    pairedItem?: { item: number };
  }

  export interface IHttpRequestOptions {
    url: string;
    method?: "GET" | "POST" | "PUT" | "DELETE";
    headers?: IDataObject;
    qs?: IDataObject;
    body?: IDataObject | Buffer;
    json?: boolean;
    encoding?: "stream";
    returnFullResponse?: boolean;
    ignoreHttpStatusErrors?: boolean;
  }
  export interface IN8nHttpFullResponse {
    body: unknown;
    headers: IDataObject;
    statusCode: number;
  }

  interface FunctionsBase {
    getCredentials<T extends object>(type: string, itemIndex?: number): Promise<T>;
    getNode(): INode;
  }
  export interface IExecuteFunctions extends FunctionsBase {
    continueOnFail(): boolean;
    getExecutionCancelSignal(): AbortSignal | undefined;
    getInputData(): INodeExecutionData[];
    getNodeParameter(name: string, itemIndex: number, fallback?: unknown): unknown;
    helpers: {
      assertBinaryData(itemIndex: number, property: string): IBinaryData;
      getBinaryDataBuffer(itemIndex: number, property: string): Promise<Buffer>;
      httpRequestWithAuthentication(
        this: IExecuteFunctions,
        type: string,
        options: IHttpRequestOptions,
      ): Promise<unknown>;
      prepareBinaryData(data: Buffer, fileName?: string, mimeType?: string): Promise<IBinaryData>;
    };
  }
  export type IHookFunctions = FunctionsBase;
  export interface IWebhookFunctions extends FunctionsBase {
    getBodyData(): IDataObject;
    getHeaderData(): object;
    getNodeParameter(name: string): unknown;
    getRequestObject(): { rawBody: Buffer };
    getResponseObject(): { status(code: number): { json(body: object): void } };
    helpers: { returnJsonArray(data: IDataObject): INodeExecutionData[] };
  }
  export interface IWebhookResponseData {
    workflowData?: INodeExecutionData[][];
    webhookResponse?: unknown;
    noWebhookResponse?: boolean;
  }

  export const NodeConnectionTypes: { Main: "main" };
  export class NodeApiError extends Error {
    constructor(node: INode, error: JsonObject, options?: NodeErrorOptions);
  }
  export class NodeOperationError extends Error {
    constructor(node: INode, error: string | Error, options?: NodeErrorOptions);
  }
  interface NodeErrorOptions {
    message?: string;
    description?: string;
    itemIndex?: number;
    httpCode?: string;
  }
  export function sleep(milliseconds: number): Promise<void>;
  export function jsonParse<T = unknown>(text: string): T;
}
