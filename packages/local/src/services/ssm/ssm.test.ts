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

test("a version is read by its number, also through an ARN, and stays when the parameter is overwritten", async () => {
  await using aws = createLocalAws();
  const ssm = new SSMClient({ ...aws.clientConfig(), maxAttempts: 1 });
  const put = (Value: string) =>
    ssm.send(new PutParameterCommand({ Name: "/app/image", Value, Type: "String", Overwrite: true }));
  for (let version = 1; version <= 102; version++) await put(`v${version}`);
  const get = async (Name: string) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter;
  expect(await get("/app/image:101")).toMatchObject({
    Name: "/app/image",
    Value: "v101",
    Version: 101,
    Selector: ":101",
  });
  const latest = await get("/app/image");
  expect(latest).toMatchObject({ Value: "v102", Version: 102 });
  expect(latest?.Selector).toBeUndefined();
  expect((await get(`${latest?.ARN}:102`))?.Value).toBe("v102");
  for (const selector of ["2", "103", "label", "0"]) {
    expect(await failure(get(`/app/image:${selector}`))).toBe("ParameterVersionNotFound");
  }
  const some = await ssm.send(new GetParametersCommand({ Names: ["/app/image:100", "/app/image:1", "/none:1"] }));
  expect(some.Parameters?.map(({ Value }) => Value)).toEqual(["v100"]);
  expect(some.InvalidParameters).toEqual(["/app/image:1", "/none:1"]);
});

test.each([
  ["/aws/mine", "AccessDeniedException"],
  ["/SSM-mine", "AccessDeniedException"],
  ["awsome", "ValidationException"],
  ["a b", "ValidationException"],
  ["a/b", "ValidationException"],
  ["/a//b", "ValidationException"],
  ["/a:1", "ValidationException"],
  [`/${"a".repeat(1011)}`, "ValidationException"],
  ["/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "HierarchyLevelLimitExceededException"],
])("the name %s is refused as AWS refuses it", async (Name, error) => {
  await using aws = createLocalAws();
  const ssm = new SSMClient({ ...aws.clientConfig(), maxAttempts: 1 });
  expect(await failure(ssm.send(new PutParameterCommand({ Name, Value: "x", Type: "String" })))).toBe(error);
});

test("a tier says how large a value may be, and what cannot be done is refused", async () => {
  await using aws = createLocalAws();
  const ssm = new SSMClient({ ...aws.clientConfig(), maxAttempts: 1 });
  const put = async (bytes: number, Tier?: "Standard" | "Advanced" | "Intelligent-Tiering") =>
    (
      await ssm.send(
        new PutParameterCommand({ Name: "/n", Value: "x".repeat(bytes), Type: "String", Tier, Overwrite: true }),
      )
    ).Tier;
  expect(await put(4096)).toBe("Standard");
  expect(await failure(put(4097))).toBe("ValidationException");
  expect(await put(4097, "Intelligent-Tiering")).toBe("Advanced");
  expect(await put(8192, "Advanced")).toBe("Advanced");
  expect(await failure(put(8193, "Advanced"))).toBe("ValidationException");
  const refused = (input: object) =>
    failure(ssm.send(new PutParameterCommand({ Name: "/n", Value: "x", Overwrite: true, ...input })));
  expect(await refused({ Type: "SecureString" })).toBe("ValidationException");
  expect(await refused({ Type: "Text" })).toBe("UnsupportedParameterType");
  expect(await refused({ Type: "StringList" })).toBe("HierarchyTypeMismatchException");
  expect(await refused({ DataType: "aws:ec2:image" })).toBe("ValidationException");
});
