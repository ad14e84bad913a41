import type { ServiceApi } from "../src/service-api.ts";
import { operationsOf, type ServiceOperations } from "../src/service-operations.ts";
import { cloudFrontApi } from "../src/services/cloudfront/cloudfront-api.ts";
import { cloudWatchApi } from "../src/services/cloudwatch/cloudwatch-api.ts";
import { ec2Api } from "../src/services/ec2/ec2-api.ts";
import { eventsApi } from "../src/services/events/events-api.ts";
import { lambdaApi } from "../src/services/lambda/lambda-api.ts";
import { logsApi } from "../src/services/logs/logs-api.ts";
import { s3Operations } from "../src/services/s3/s3-operations.ts";
import { serviceQuotasApi } from "../src/services/service-quotas/service-quotas-api.ts";
import { ssmApi } from "../src/services/ssm/ssm-api.ts";
import { statesApi } from "../src/services/states/states-api.ts";
import { stsApi } from "../src/services/sts/sts-api.ts";

/** Services whose requests are held against a model of their API, by the names of their signatures. S3 has routes of its own. */
export const ALL_APIS: Readonly<Record<string, { readonly title: string; readonly api: ServiceApi }>> = {
  states: { title: "Step Functions", api: statesApi },
  ec2: { title: "EC2", api: ec2Api },
  logs: { title: "CloudWatch Logs", api: logsApi },
  lambda: { title: "Lambda", api: lambdaApi },
  events: { title: "EventBridge", api: eventsApi },
  cloudfront: { title: "CloudFront", api: cloudFrontApi },
  ssm: { title: "SSM", api: ssmApi },
  servicequotas: { title: "Service Quotas", api: serviceQuotasApi },
  sts: { title: "STS", api: stsApi },
  monitoring: { title: "CloudWatch", api: cloudWatchApi },
};

export function apiOf(scope: string): ServiceApi {
  const api = ALL_APIS[scope]?.api;
  if (api === undefined) throw new RangeError(`no API goes by ${scope}`);
  return api;
}

/** The services whose operations the README lists, in its order. */
export const ALL_OPERATIONS: readonly ServiceOperations[] = [
  s3Operations,
  ...Object.values(ALL_APIS).map(({ title, api }) => operationsOf(title, api)),
];
