import { oneOf, type ServiceMembers, whole, working } from "../../protocol/member-rules.ts";

/** What Lambda takes here. @see https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
export const LAMBDA_MEMBERS: ServiceMembers = {
  Invoke: {
    ...working("FunctionName", "Qualifier", "Payload"),
    InvocationType: oneOf("RequestResponse", "Event", "DryRun"),
    LogType: { does: "works", values: ["None", "Tail"], only: ["None"] },
  },
  GetFunction: working("FunctionName", "Qualifier"),
  GetFunctionConfiguration: working("FunctionName", "Qualifier"),
  ListFunctions: { ...working("Marker"), MaxItems: whole(1, 10_000) },
};
