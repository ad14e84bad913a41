import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { createLocalAws } from "../../local-aws.ts";

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "no failure",
    (error: Error) => error.name,
  );

test("parameters are put once, overwritten on demand, listed by path and deleted", async () => {
  await using aws = createLocalAws();
  const ssm = new SSMClient({ ...aws.clientConfig(), maxAttempts: 1 });
  const put = (Name: string, Value: string, Overwrite = false) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: "String", Overwrite }));
  await put("/muster/image", "ami-1");
  expect(await failure(put("/muster/image", "ami-2"))).toBe("ParameterAlreadyExists");
  expect((await put("/muster/image", "ami-2", true)).Version).toBe(2);
  expect((await ssm.send(new GetParameterCommand({ Name: "/muster/image" }))).Parameter).toMatchObject({
    Value: "ami-2",
    Version: 2,
  });
  await put("/muster/deep/er", "x");
  const below = async (Recursive: boolean) =>
    (await ssm.send(new GetParametersByPathCommand({ Path: "/muster", Recursive }))).Parameters?.map(
      ({ Name }) => Name,
    );
  expect(await below(false)).toEqual(["/muster/image"]);
  expect(await below(true)).toEqual(["/muster/deep/er", "/muster/image"]);
  const some = await ssm.send(new GetParametersCommand({ Names: ["/muster/image", "/none"] }));
  expect([some.Parameters?.length, some.InvalidParameters]).toEqual([1, ["/none"]]);
  await ssm.send(new DeleteParameterCommand({ Name: "/muster/image" }));
  expect(await failure(ssm.send(new GetParameterCommand({ Name: "/muster/image" })))).toBe("ParameterNotFound");
});

test("AWS's public image parameters each name an image, always the same", async () => {
  await using aws = createLocalAws();
  const ssm = new SSMClient(aws.clientConfig());
  const read = async (name: string) =>
    (await ssm.send(new GetParameterCommand({ Name: `/aws/service/canonical/ubuntu/server/${name}` }))).Parameter
      ?.Value;
  expect(await read("22.04")).toMatch(/^ami-[0-9a-f]{17}$/);
  expect(await read("22.04")).toBe(await read("22.04"));
  expect(await read("22.04")).not.toBe(await read("24.04"));
});
