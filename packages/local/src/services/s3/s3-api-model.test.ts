import * as client from "@aws-sdk/client-s3";
import { CreateMultipartUploadCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { beforeEach, expect, test } from "vitest";
import {
  elementsOf,
  exampleOf,
  type ModelMember,
  type ModelOperation,
  modelOperations,
} from "../../testing/api-model.ts";
import { folderContent } from "../../testing/folder-content.ts";
import { EVERYWHERE, EVERYWHERE_IN_QUERY } from "./operation-members.ts";
import type { Elements, MemberRule, OperationRule } from "./operation-rule.ts";
import { Bucket, failure, s3Fixture } from "./s3-fixture.ts";
import { OPERATIONS } from "./s3-routes.ts";

const bucket = s3Fixture("in process");
const model = modelOperations(client);
let UploadId: string | undefined;

beforeEach(async () => {
  await bucket.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "bytes", Tagging: "a=1" }));
  ({ UploadId } = await bucket.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" })));
});

/** A request with all that must be there, and members of the test's choice. */
function send(operation: ModelOperation, chosen: Readonly<Record<string, unknown>>): Promise<unknown> {
  const required = operation.members.filter(({ isRequired }) => isRequired);
  const input = {
    ...Object.fromEntries(required.map(({ name, schema }) => [name, exampleOf(schema)])),
    Bucket,
    Key: "k",
    UploadId,
    CopySource: `${Bucket}/k`,
    ...chosen,
  };
  const names = operation.members.map(({ name }) => name);
  const known = Object.fromEntries(Object.entries(input).filter(([name]) => names.includes(name)));
  const Command = (client as unknown as Record<string, new (input: unknown) => never>)[`${operation.name}Command`];
  if (Command === undefined) throw new TypeError(`the client has no ${operation.name}Command`);
  return bucket.s3.send(new Command(known));
}

const ruleOf = ({ name }: ModelOperation): OperationRule | undefined =>
  OPERATIONS.find(({ operation }) => operation === name);

function memberRule(rule: OperationRule, { at, wireName }: ModelMember): MemberRule | "path" | "body" | undefined {
  switch (at) {
    case "path":
      return "path";
    case "query":
      return rule.query[wireName] ?? EVERYWHERE_IN_QUERY[wireName];
    case "header":
      // The length is HTTP's own affair.
      return wireName === "content-length" ? "body" : (rule.headers[wireName] ?? EVERYWHERE[wireName]);
    case "headers":
      return rule.headers[wireName];
    case "body":
      return rule.body === "bytes" ? "body" : undefined;
    case "document":
      return typeof rule.body === "object" && rule.body.root === wireName ? "body" : undefined;
  }
}

/** Paths of elements that an operation's document may hold on AWS and that have no rule here. */
function unknownElements(schema: unknown, known: Elements, path: string): string[] {
  return elementsOf(schema).flatMap(({ wireName, schema: inner }) => {
    const rule = known[wireName];
    if (rule === undefined) return [`${path}.${wireName}`];
    return "elements" in rule ? unknownElements(inner, rule.elements, `${path}.${wireName}`) : [];
  });
}

test("every operation of the SDK's client is known by name", () => {
  const unknown = model.filter((operation) => ruleOf(operation) === undefined).map(({ name }) => name);
  expect(unknown).toEqual([]);
  expect(model.length).toBeGreaterThan(100);
});

test("every member of an operation that works is known by name, elements of documents too", () => {
  const unknown = model.flatMap((operation) => {
    const rule = ruleOf(operation);
    if (rule === undefined || !rule.works) return [];
    return operation.members.flatMap((member) => {
      if (memberRule(rule, member) === undefined) return [`${operation.name} ${member.at} ${member.wireName}`];
      if (member.at !== "document" || typeof rule.body !== "object") return [];
      return unknownElements(member.schema, rule.body.elements, `${operation.name} ${member.wireName}`);
    });
  });
  expect(unknown).toEqual([]);
});

test("every operation that does not work is refused, and changes nothing", async () => {
  const before = folderContent(bucket.dir);
  const refused = model.filter((operation) => ruleOf(operation)?.works === false);
  const answers = await Promise.all(
    refused.map(async (operation) => `${operation.name} ${await failure(send(operation, {}))}`),
  );
  // These are signed for services of their own, which are none of S3's.
  const elsewhere = ["ListDirectoryBuckets Error 501", "WriteGetObjectResponse Error 501"];
  expect(answers.filter((answer) => !/^\w+ NotImplemented 501$/.test(answer))).toEqual(elsewhere);
  expect(folderContent(bucket.dir)).toEqual(before);
});

test("every member that does not work is refused by its name, and changes nothing", async () => {
  const before = folderContent(bucket.dir);
  const wrong: string[] = [];
  let refusals = 0;
  for (const operation of model) {
    const rule = ruleOf(operation);
    if (rule === undefined || !rule.works) continue;
    for (const member of operation.members) {
      const listed = memberRule(rule, member);
      if (typeof listed !== "object") continue;
      const isRefused = listed.does === "refused" || (listed.does === "works" && listed.only !== undefined);
      if (!isRefused) continue;
      refusals++;
      const answer = await send(operation, { [member.name]: exampleOf(member.schema) }).then(
        () => "no failure",
        (error: Error & { $metadata?: { httpStatusCode?: number } }) =>
          // An answer to HEAD has no body that could name anything.
          operation.name.startsWith("Head")
            ? `${error.$metadata?.httpStatusCode} ${member.wireName}`
            : `${error.name} ${error.message}`,
      );
      const isNamed = /^(NotImplemented|501)/.test(answer) && answer.includes(member.wireName);
      if (!isNamed) wrong.push(`${operation.name} ${member.name}: ${answer}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(refusals).toBeGreaterThan(80);
  expect(folderContent(bucket.dir)).toEqual(before);
});

test("every element that does not work is refused by its name, and changes nothing", async () => {
  const before = folderContent(bucket.dir);
  const refused = (name: string, input: object) => {
    const operation = model.find((candidate) => candidate.name === name);
    return operation && send(operation, { ...input });
  };
  const at = new Date(0);
  const cases: [string, object, string][] = [
    ["DeleteObjects", { Delete: { Objects: [{ Key: "k", Size: 5 }] } }, "Delete.Object.Size"],
    ["DeleteObjects", { Delete: { Objects: [{ Key: "k", LastModifiedTime: at }] } }, "Delete.Object.LastModifiedTime"],
    ["PutBucketVersioning", { VersioningConfiguration: { Status: "Enabled", MFADelete: "Enabled" } }, "MfaDelete"],
    [
      "CreateBucket",
      { Bucket: "other", CreateBucketConfiguration: { Location: { Type: "AvailabilityZone", Name: "x" } } },
      "CreateBucketConfiguration.Location",
    ],
    [
      "CreateBucket",
      { Bucket: "other", CreateBucketConfiguration: { Bucket: { Type: "Directory" } } },
      "CreateBucketConfiguration.Bucket",
    ],
  ];
  for (const [name, input, element] of cases) await expect(refused(name, input)).rejects.toThrow(element);
  expect(folderContent(bucket.dir)).toEqual(before);
});
