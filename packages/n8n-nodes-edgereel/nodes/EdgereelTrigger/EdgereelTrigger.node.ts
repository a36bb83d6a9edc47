import type {
  IDataObject,
  IHookFunctions,
  INodeType,
  INodeTypeDescription,
  IWebhookFunctions,
  IWebhookResponseData,
} from "n8n-workflow";
import { NodeConnectionTypes, NodeOperationError } from "n8n-workflow";
import { signatureFault } from "./verify-signature.ts";

/** The service's secret for webhooks, which the credential holds; empty if it is missing. */
async function secretOf(context: IHookFunctions | IWebhookFunctions): Promise<string> {
  const { webhookSecret } = await context.getCredentials<{ webhookSecret?: string }>("edgereelApi");
  return webhookSecret?.trim() ?? "";
}

export class EdgereelTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: "Edgereel Trigger",
    name: "edgereelTrigger",
    icon: { light: "file:../../icons/edgereel.svg", dark: "file:../../icons/edgereel.dark.svg" },
    group: ["trigger"],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ")}}',
    description: "Starts the workflow when a video is ready, has failed or was cancelled",
    eventTriggerDescription: "Give the URL below to Create a Video as Callback URL",
    defaults: { name: "Edgereel Trigger" },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: "edgereelApi", required: true }],
    webhooks: [{ name: "default", httpMethod: "POST", responseMode: "onReceived", path: "edgereel" }],
    properties: [
      {
        displayName: "Events",
        name: "events",
        type: "multiOptions",
        required: true,
        options: [
          { name: "Cancelled", value: "task.cancelled", description: "The task was cancelled on request" },
          { name: "Failed", value: "task.failed", description: "The task has failed" },
          { name: "Started", value: "task.started", description: "Work on the task has begun" },
          { name: "Succeeded", value: "task.succeeded", description: "The video is ready" },
        ],
        default: ["task.succeeded", "task.failed"],
      },
      {
        displayName:
          "The credential needs the service's webhook secret. Webhooks with a wrong signature are refused and start nothing.",
        name: "secretNotice",
        type: "notice",
        default: "",
      },
    ],
  };

  webhookMethods = {
    default: {
      // The service sends webhooks to the callback_url of each request, so that there is nothing to register.
      async checkExists(this: IHookFunctions): Promise<boolean> {
        return (await secretOf(this)) !== "";
      },
      async create(this: IHookFunctions): Promise<boolean> {
        if ((await secretOf(this)) !== "") return true;
        throw new NodeOperationError(this.getNode(), "The Edgereel credential has no webhook secret", {
          description: "Set it to the WEBHOOK_SECRET of the service.",
        });
      },
      async delete(this: IHookFunctions): Promise<boolean> {
        return true;
      },
    },
  };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    const webhookSecret = await secretOf(this);
    const request = this.getRequestObject();
    const fault =
      webhookSecret === ""
        ? "the credential has no webhook secret"
        : signatureFault(request.rawBody, this.getHeaderData() as Record<string, unknown>, webhookSecret);
    if (fault !== null) {
      this.getResponseObject().status(400).json({ message: fault });
      return { noWebhookResponse: true };
    }
    const event = this.getBodyData();
    const events = this.getNodeParameter("events") as string[];
    if (!events.includes(String(event.type))) return { webhookResponse: { ignored: event.type } };
    return { workflowData: [this.helpers.returnJsonArray(event as IDataObject)] };
  }
}
