import type { IamRequest } from "./iam-requests.ts";

/**
 * One of all requests that are alike to policies which know a stage's names by what they begin with, and buckets whole: they need not be asked about each.
 */
export function oneOfEachShape(requests: readonly IamRequest[], stage: string): IamRequest[] {
  return [...new Map(requests.map((request) => [shape(request, stage), request])).values()];
}

function shape({ action, resource, context = {} }: IamRequest, stage: string): string {
  const until = action.startsWith("s3:") ? resource.indexOf("/") : resource.indexOf(stage);
  return JSON.stringify([action, until < 0 ? resource : resource.slice(0, until), Object.keys(context).sort()]);
}
