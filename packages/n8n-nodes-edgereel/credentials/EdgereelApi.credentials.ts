import type {
  IAuthenticateGeneric,
  ICredentialTestRequest,
  ICredentialType,
  Icon,
  INodeProperties,
} from "n8n-workflow";

export class EdgereelApi implements ICredentialType {
  name = "edgereelApi";

  displayName = "Edgereel API";

  icon: Icon = { light: "file:../icons/edgereel.svg", dark: "file:../icons/edgereel.dark.svg" };

  documentationUrl = "https://edgereel.example/docs/n8n#credentials";

  properties: INodeProperties[] = [
    {
      displayName: "URL",
      name: "url",
      type: "string",
      required: true,
      default: "http://localhost:8080",
      placeholder: "https://videos.example",
      description: "Address of the service",
    },
    {
      displayName: "API Key",
      name: "apiKey",
      type: "string",
      typeOptions: { password: true },
      default: "",
      description: "An API key of the service. A service with AUTH=off needs none.",
    },
    {
      displayName: "Webhook Secret",
      name: "webhookSecret",
      type: "string",
      typeOptions: { password: true },
      default: "",
      description: "The service's WEBHOOK_SECRET. Only the Edgereel Trigger node needs it.",
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: "generic",
    properties: { headers: { "x-api-key": "={{$credentials.apiKey}}" } },
  };

  test: ICredentialTestRequest = {
    request: { baseURL: "={{$credentials.url}}", url: "/api/v1/tasks", qs: { page_size: 1 } },
  };
}
