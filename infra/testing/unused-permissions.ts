import type { Statement } from "../src/iam/policy.ts";
import type { IamRequest } from "./iam-requests.ts";
import { isAllowed } from "./simulate.ts";

/** Requests that the statements do not allow. */
export async function refusedRequests(
  statements: readonly Statement[],
  requests: readonly IamRequest[],
): Promise<string[]> {
  const found = await Promise.all(
    requests.map(async (request) =>
      (await isAllowed({ statements, request })) ? [] : `${request.action} ${request.resource}`,
    ),
  );
  return [...new Set(found.flat())];
}

/** Permissions, each one action on one pattern of resources, that no request makes use of. */
export async function unusedPermissions(
  statements: readonly Statement[],
  requests: readonly IamRequest[],
): Promise<string[]> {
  const found: string[] = [];
  for (const statement of statements) {
    for (const Action of statement.Action) {
      for (const Resource of statement.Resource) {
        const alone = [{ ...statement, Action: [Action], Resource: [Resource] }];
        if (
          !(await anyAllowed(
            alone,
            requests.filter(({ action }) => action === Action),
          ))
        )
          found.push(`${statement.Sid}: ${Action} ${Resource}`);
      }
    }
  }
  return found;
}

async function anyAllowed(statements: readonly Statement[], requests: readonly IamRequest[]): Promise<boolean> {
  for (const request of requests) if (await isAllowed({ statements, request })) return true;
  return false;
}
