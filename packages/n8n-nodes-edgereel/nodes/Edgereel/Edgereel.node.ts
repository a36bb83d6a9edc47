import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription, JsonObject } from "n8n-workflow";
import { NodeApiError, NodeConnectionTypes, NodeOperationError } from "n8n-workflow";
import { operations } from "./operations.ts";
import { properties } from "./properties.ts";

export class Edgereel implements INodeType {
  description: INodeTypeDescription = {
    displayName: "Edgereel",
    name: "edgereel",
    icon: { light: "file:../../icons/edgereel.svg", dark: "file:../../icons/edgereel.dark.svg" },
    group: ["transform"],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description: "Make short videos from a subject, a script and clips",
    defaults: { name: "Edgereel" },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: "edgereelApi", required: true }],
    properties,
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const results: INodeExecutionData[] = [];
    for (let index = 0; index < this.getInputData().length; index++) {
      const resource = this.getNodeParameter("resource", index) as string;
      const operation = this.getNodeParameter("operation", index) as string;
      try {
        const run = operations[resource]?.[operation];
        if (!run) throw new NodeOperationError(this.getNode(), `${resource} has no operation ${operation}`);
        const found = await run(this, index);
        results.push(...found.map((one) => ({ ...one, pairedItem: { item: index } })));
      } catch (error) {
        // Returns the same error if it is a NodeApiError.
        if (!this.continueOnFail()) throw new NodeApiError(this.getNode(), error as JsonObject, { itemIndex: index });
        results.push({ json: { error: (error as Error).message }, pairedItem: { item: index } });
      }
    }
    return [results];
  }
}
