import * as cloudFront from "@aws-sdk/client-cloudfront";
import * as cloudWatch from "@aws-sdk/client-cloudwatch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as ec2 from "@aws-sdk/client-ec2";
import * as events from "@aws-sdk/client-eventbridge";
import * as lambda from "@aws-sdk/client-lambda";
import * as serviceQuotas from "@aws-sdk/client-service-quotas";
import * as states from "@aws-sdk/client-sfn";
import * as ssm from "@aws-sdk/client-ssm";
import type { ServiceMembers } from "../src/protocol/member-rules.ts";
import { CLOUDFRONT_MEMBERS } from "../src/services/cloudfront/cloudfront-members.ts";
import { CLOUDWATCH_MEMBERS } from "../src/services/cloudwatch/cloudwatch-members.ts";
import { EC2_MEMBERS } from "../src/services/ec2/ec2-members.ts";
import { EVENTS_MEMBERS } from "../src/services/events/events-members.ts";
import { LAMBDA_MEMBERS } from "../src/services/lambda/lambda-members.ts";
import { LOGS_MEMBERS } from "../src/services/logs/logs-members.ts";
import { SERVICE_QUOTAS_MEMBERS } from "../src/services/service-quotas/service-quotas-members.ts";
import { SSM_MEMBERS } from "../src/services/ssm/ssm-members.ts";
import { STATES_MEMBERS } from "../src/services/states/states-members.ts";

/** A service whose model is made from the SDK's client. S3's rules are written for its own routes. */
export interface SdkClient {
  /** Of the file below `src/api-models`. */
  readonly file: string;
  /** In the scope of its signatures. */
  readonly scope: string;
  readonly client: object;
  /** How its forms or documents spell names. */
  readonly spelling: "json" | "ec2" | "rest";
  readonly members: ServiceMembers;
}

export const SDK_CLIENTS: readonly SdkClient[] = [
  { file: "states", scope: "states", client: states, spelling: "json", members: STATES_MEMBERS },
  { file: "ec2", scope: "ec2", client: ec2, spelling: "ec2", members: EC2_MEMBERS },
  { file: "logs", scope: "logs", client: logs, spelling: "json", members: LOGS_MEMBERS },
  { file: "lambda", scope: "lambda", client: lambda, spelling: "rest", members: LAMBDA_MEMBERS },
  { file: "events", scope: "events", client: events, spelling: "json", members: EVENTS_MEMBERS },
  { file: "cloudfront", scope: "cloudfront", client: cloudFront, spelling: "rest", members: CLOUDFRONT_MEMBERS },
  { file: "cloudwatch", scope: "monitoring", client: cloudWatch, spelling: "json", members: CLOUDWATCH_MEMBERS },
  { file: "ssm", scope: "ssm", client: ssm, spelling: "json", members: SSM_MEMBERS },
  {
    file: "service-quotas",
    scope: "servicequotas",
    client: serviceQuotas,
    spelling: "json",
    members: SERVICE_QUOTAS_MEMBERS,
  },
];
