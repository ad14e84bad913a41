import type { Difference } from "../difference.ts";
import { byKey, type Fact, type Facts } from "../machine-facts.ts";

type Changed = { readonly [Field in keyof Fact]?: Fact[Field] | undefined };

type Changes = Readonly<Record<string, Changed & { readonly [field: string]: unknown }>>;

const lambdaRetry = [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 5, MaxAttempts: 5, BackoffRate: 2 }];
const caught = (step: string, Next: string) => [
  { ErrorEquals: ["States.ALL"], ResultPath: `$.results.${step}.failure`, Next },
];

/** States of the predecessor with other facts, by their keys, and states that it has not; undefined takes a fact away. */
const changes = (row: string, changed: Changes): Difference<unknown, Facts> => ({
  row,
  turns: (facts) => ({
    ...facts,
    ...Object.fromEntries(
      Object.entries(changed).map(([key, fact]) => {
        const path = key.split("/");
        const whole = { within: path.slice(0, -1), state: path.at(-1), ...facts[key], ...fact };
        return [
          key,
          Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as unknown as Fact,
        ];
      }),
    ),
  }),
});

/** Its branch is gone, and the name of the states around says so. */
const macos: Difference<unknown, Facts> = {
  row: "macOS",
  turns(facts) {
    const left = Object.values(facts).filter(
      ({ state }) => !/^(PrepareTo|Should)?BuildAndPublishMacOS(End)?$/.test(state),
    );
    const renamed = JSON.stringify(left).replaceAll("LinuxAndBuildAndPublishMacOS", "LinuxAnd");
    return byKey(JSON.parse(renamed) as Fact[]);
  },
};

const WAIT = "Root/HealthCheckWait";

/** What Muster's machine has and where it goes otherwise, state by state. */
export const changedStates: readonly Difference<unknown, Facts>[] = [
  macos,
  changes("results by version", {
    "Root/ForEachVersion/BuildAndPublishLinuxAnd": { Next: "VersionNormalizeResults" },
    "Root/ForEachVersion/PrepareToMakeSourceTarball": {
      Catch: caught("MakeSourceTarball", "VersionNormalizeResults"),
    },
    "Root/ForEachVersion/MakeSourceTarball": { Catch: caught("MakeSourceTarball", "VersionNormalizeResults") },
    "Root/ForEachVersion/VersionNormalizeResults": {
      Type: "Task",
      Parameters: ["results"],
      ResultPath: "$.results",
      Retry: lambdaRetry,
      Catch: caught("VersionNormalizeResults", "VersionEnd"),
      Next: "VersionEnd",
    },
  }),
  changes("end of a build", {
    "Root/ForEachVersion": { Next: "EndHealthCheck" },
    "Root/EndHealthCheck": {
      Type: "Task",
      Parameters: ["execution"],
      ResultPath: null,
      Retry: lambdaRetry,
      Catch: caught("EndHealthCheck", "CheckIfReposChanged"),
      Next: "CheckIfReposChanged",
    },
    "Root/HealthCheckBegin": { Type: "Pass", First: true, ResultPath: "$.healthCheck", Next: "HealthCheckWait" },
    [WAIT]: {
      Type: "Task",
      First: undefined,
      Seconds: undefined,
      TimeoutSecondsPath: "$.healthCheck.tickSeconds",
      Parameters: ["FunctionName", "Payload"],
      ResultSelector: { continue: false },
      ResultPath: "$.healthCheck",
      Retry: [{ ErrorEquals: ["States.Timeout"], IntervalSeconds: 1, MaxAttempts: 0, BackoffRate: 2 }, ...lambdaRetry],
      Catch: [
        { ErrorEquals: ["States.Timeout"], ResultPath: null, Next: "HealthCheck" },
        { ErrorEquals: ["States.ALL"], ResultPath: null, Next: "HealthCheckPlainWait" },
      ],
    },
    "Root/HealthCheckPlainWait": { Type: "Wait", SecondsPath: "$.healthCheck.tickSeconds", Next: "HealthCheck" },
    "Root/HealthCheck": { Parameters: ["buildInput", "execution"], ResultPath: "$.healthCheck" },
  }),
  changes("failing health checks", {
    "Root/HealthCheck": {
      Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.healthCheck.failure", Next: "ShouldHealthCheck" }],
    },
    "Root/ShouldHealthCheck": {
      Choices: [
        {
          And: [
            { Variable: "$.healthCheck.continue", IsPresent: true },
            { Variable: "$.healthCheck.continue", BooleanEquals: false },
          ],
          Next: "HealthCheckEnd",
        },
      ],
      Default: "HealthCheckWait",
    },
  }),
  changes("failures at the end", {
    "Root/CheckIfReposChanged": { Catch: caught("CheckIfReposChanged", "NormalizeResults") },
    "Root/NormalizeResults": { Catch: caught("NormalizeResults", "CheckForFailures") },
    "Root/ShouldUpdateIndicesAndInvalidateCloudFront": {
      Choices: [{ Variable: "$.reposChanged", BooleanEquals: true, Next: "UpdateIndicesAndInvalidateCloudFront" }],
      Default: "NormalizeResults",
    },
    "Root/UpdateIndicesAndInvalidateCloudFront": { Parameters: undefined },
    "Root/CheckForFailures": {
      Retry: [
        {
          ErrorEquals: [
            "Lambda.ClientExecutionTimeoutException",
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
          ],
          IntervalSeconds: 5,
          MaxAttempts: 5,
          BackoffRate: 2,
        },
      ],
    },
  }),
  changes("answers within results", { Root: { OutputPath: "$[0]", ResultPath: undefined } }),
];
