import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
} from "@aws-sdk/client-lambda";
import { expect, test } from "vitest";
import type { LambdaFunction } from "../../lambda-functions.ts";
import { createLocalAws } from "../../local-aws.ts";
import type { LambdaFunctions } from "./invoker.ts";

function open(functions: LambdaFunctions) {
  const aws = createLocalAws({ functions, region: "us-west-2", accountId: "111111111111" });
  return {
    lambda: new LambdaClient({ ...aws.clientConfig(), maxAttempts: 1 }),
    [Symbol.asyncDispose]: () => aws.close(),
  };
}
const echo: LambdaFunction = async (event) => event;
const refused = (name: string, text: string) => ({ name, message: expect.stringContaining(text) });
const ARN = "arn:aws:lambda:us-west-2:111111111111:function:echo";

test.each(["echo", "111111111111:function:echo", "function:echo", ARN])(
  "%s names a function, and $LATEST its one version",
  async (FunctionName) => {
    await using aws = open({ echo });
    const invoke = async (input: object) => {
      const { Payload } = await aws.lambda.send(new InvokeCommand({ FunctionName, Payload: '{"n":1}', ...input }));
      return Buffer.from(Payload ?? []).toString();
    };
    expect(await invoke({})).toBe('{"n":1}');
    expect(await invoke({ Qualifier: "$LATEST" })).toBe('{"n":1}');
    expect(await invoke({ FunctionName: `${FunctionName}:$LATEST` })).toBe('{"n":1}');
    const { Configuration } = await aws.lambda.send(new GetFunctionCommand({ FunctionName, Qualifier: "$LATEST" }));
    expect(Configuration?.FunctionArn).toBe(`${ARN}:$LATEST`);
    for (const qualified of [{ Qualifier: "live" }, { Qualifier: "7" }, { FunctionName: `${FunctionName}:live` }]) {
      await expect(invoke(qualified)).rejects.toMatchObject(
        refused("ResourceNotFoundException", `${ARN}:${qualified.Qualifier ?? "live"}`),
      );
    }
    await expect(invoke({ FunctionName: `${FunctionName}:live`, Qualifier: "$LATEST" })).rejects.toMatchObject(
      refused("InvalidParameterValueException", "does not match"),
    );
  },
);

test("functions that come later are listed too, in pages", async () => {
  const byName = new Map<string, LambdaFunction>();
  await using aws = open(byName);
  const list = async (input: object = {}) => {
    const { Functions = [], NextMarker } = await aws.lambda.send(new ListFunctionsCommand(input));
    return { names: Functions.map(({ FunctionName }) => FunctionName), NextMarker };
  };
  expect(await list()).toEqual({ names: [], NextMarker: undefined });
  for (const name of ["a", "b", "c"]) byName.set(name, echo);
  expect(await list({ MaxItems: 2 })).toEqual({ names: ["a", "b"], NextMarker: "b" });
  expect(await list({ MaxItems: 2, Marker: "b" })).toEqual({ names: ["c"], NextMarker: undefined });
  await expect(list({ MaxItems: 0 })).rejects.toMatchObject(refused("InvalidParameterValueException", "MaxItems"));
});

test("what a call asks for and would not get is refused by name, and nothing runs", async () => {
  let runs = 0;
  await using aws = open({ count: async () => ++runs });
  const FunctionName = "count";
  for (const [input, named] of [
    [{ LogType: "Tail" }, "x-amz-log-type: Tail"],
    [{ ClientContext: "e30=" }, "x-amz-client-context"],
  ] as const) {
    await expect(aws.lambda.send(new InvokeCommand({ FunctionName, ...input }))).rejects.toMatchObject(
      refused("InvalidParameterValueException", named),
    );
  }
  await expect(aws.lambda.send(new ListFunctionsCommand({ FunctionVersion: "ALL" }))).rejects.toMatchObject(
    refused("InvalidParameterValueException", "FunctionVersion"),
  );
  await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  expect(runs).toBe(0);
});
