import { StartExecutionCommand, StopExecutionCommand, UpdateStateMachineCommand } from "@aws-sdk/client-sfn";
import { failureMessage, fixedState, listFailures, normalizeResults, type Results } from "@muster/pipeline";
import type { launchWorld } from "./launch-world.ts";

type World = Awaited<ReturnType<typeof launchWorld>>;

export type Ends =
  | { readonly as: "succeeded" | "failed"; readonly results: Results }
  | { readonly as: "refused"; readonly cause: string }
  | { readonly as: "stopped" | "timed-out" };

export const failedOn = (platform: string, line = "foo.cpp:12:3: error: no such file") => ({
  [platform]: {
    MakeBinaryPackage: {
      failure: {
        Error: "Muster.ScriptFailed",
        Cause: JSON.stringify({ ec2: "i-0123", time_sec: "318", exit: 2, line }),
      },
    },
  },
});

export const ofVersion = (platforms: Record<string, Results>): Results => ({
  ForEachVersion: {
    "1.2.3": { MakeSourceTarball: { success: { ec2: "i-1", time_sec: "12" } }, ForEachPlatform: platforms },
  },
});

export const green: Results = ofVersion({ "debian-12-bookworm": { MakeBinaryPackage: { success: {} } } });

/** A build that takes ten minutes and ends so: its states are those of a real one, as far as its end tells of them. */
export async function endBuild(world: World, name: string, ends: Ends, words: unknown = "1.2.3"): Promise<string> {
  const { sfn } = world.clients;
  const { stateMachineArn } = world.stage;
  await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: JSON.stringify(machineOf(ends, name)) }));
  const started = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(words) }));
  await world.advance(600);
  if (ends.as === "stopped") await sfn.send(new StopExecutionCommand({ executionArn: started.executionArn }));
  await world.advance(1);
  return started.executionArn ?? "";
}

function machineOf(ends: Ends, build: string) {
  const waits = (Next: string) => ({ Work: { Type: "Wait", Seconds: 600, Next } });
  switch (ends.as) {
    case "succeeded":
    case "failed": {
      const failures = listFailures(normalizeResults(ends.results));
      const Cause = JSON.stringify({
        errorType: "StepsFailed",
        errorMessage: failureMessage(failures, { moreWith: `muster results ${build}` }),
      });
      return {
        StartAt: "Work",
        States: {
          ...waits("NormalizeResults"),
          NormalizeResults: { Type: "Pass", Result: ends.results, Next: fixedState.checkForFailures },
          [fixedState.checkForFailures]: {
            Type: "Pass",
            ...(ends.as === "failed" ? { Next: "Fail" } : { End: true }),
          },
          ...(ends.as === "failed" && { Fail: { Type: "Fail", Error: "StepsFailed", Cause } }),
        },
      };
    }
    case "refused":
      return { StartAt: "No", States: { No: { Type: "Fail", Error: "Muster.InvalidInput", Cause: ends.cause } } };
    case "timed-out":
      return { StartAt: "Work", TimeoutSeconds: 300, States: { ...waits("End"), End: { Type: "Succeed" } } };
    case "stopped":
      return {
        StartAt: "Work",
        States: { Work: { Type: "Wait", Seconds: 6000, Next: "End" }, End: { Type: "Succeed" } },
      };
  }
}
