import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { virtualClock } from "../src/clock.ts";
import { createLocalAws, type LocalAws } from "../src/local-aws.ts";
import type { Expectation } from "../src/protocol/member-rules.ts";
import { exampleOf, type ModelOperation, modelOperations } from "../src/testing/api-model.ts";
import { folderContent } from "../src/testing/folder-content.ts";
import { apiOf } from "./all-operations.ts";
import { spell } from "./render-api-model.ts";
import { elementOf, type FieldPath, fieldPaths, inputWith, memberOf, unacceptable } from "./request-example.ts";
import { SDK_CLIENTS, type SdkClient } from "./sdk-clients.ts";
import { seedState } from "./seed-state.ts";

const dir = mkdtempSync(join(tmpdir(), "allow-list-"));
let aws: LocalAws;
let runs = 0;
const functions = { x: async () => ++runs };

beforeAll(async () => {
  aws = createLocalAws({ dir, clock: virtualClock(), functions });
  aws.start();
  await seedState(aws);
});
afterAll(async () => {
  await aws.close();
  rmSync(dir, { recursive: true });
});

interface Answer {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

function senderOf({ client }: SdkClient) {
  const exported = client as Readonly<
    Record<string, new (input: unknown) => { send(command: unknown): Promise<object> }>
  >;
  const name = Object.keys(exported).find((key) => /^[A-Z]\w*Client$/.test(key)) ?? "";
  const Client = exported[name];
  if (Client === undefined) throw new TypeError("the package exports no client");
  const instance = new Client({ ...aws.clientConfig(), maxAttempts: 1 });
  return (operation: string, input: unknown): Promise<Answer> => {
    const Command = exported[`${operation}Command`];
    if (Command === undefined) throw new TypeError(`the client has no ${operation}Command`);
    return instance.send(new Command(input)).then(
      () => ({ name: "no failure", message: "", status: 200 }),
      (error: Error & { $metadata?: { httpStatusCode?: number } }) => ({
        name: error.name,
        message: error.message,
        status: error.$metadata?.httpStatusCode,
      }),
    );
  };
}

/** The names of a path as a request spells them, those of refused structures in front of what is in them. */
function refusalOf(expectation: Expectation, path: FieldPath, { spelling }: SdkClient) {
  let at: Expectation | undefined = expectation;
  const names: string[] = [];
  for (const field of path) {
    names.push(spell(field, spelling));
    at = memberOf(at, names.at(-1) ?? "");
    if (at === undefined) return { names, is: "unknown" as const };
    if (at.is === "refused") return { names, is: "refused" as const };
  }
  const leaf = at && elementOf(at);
  if (leaf?.is === "scalar" && leaf.rule.does === "works" && leaf.rule.only !== undefined)
    return { names, is: "only" as const, rule: leaf.rule };
  return { names, is: "taken" as const };
}

/** Without the places in lists. */
const withoutPlaces = (message: string): string => message.replace(/\.\d+(\.member)?/g, "");

const isNamed = ({ message }: Answer, names: readonly string[], { traits }: FieldPath[number]): boolean =>
  [names.join("."), String(traits.httpHeader ?? "").toLowerCase(), `?${traits.httpQuery}`].some(
    (name) => name !== "" && withoutPlaces(message).includes(name),
  );

/** Signed by an algorithm that this repository does not install; `member-checks.test.ts` shows that it is refused. */
const UNSENDABLE = ["PutEvents EndpointId"];

describe.each(SDK_CLIENTS)("$file", (sdk) => {
  const model = modelOperations(sdk.client);
  const api = apiOf(sdk.scope);
  const working = model.flatMap((operation): (ModelOperation & { expectation: Expectation })[] => {
    const expectation = api.expectations.get(operation.name);
    return expectation === undefined ? [] : [{ ...operation, expectation }];
  });

  test("every operation that does not work is refused by its name, and changes nothing", async () => {
    const send = senderOf(sdk);
    const before = folderContent(dir);
    const wrong: string[] = [];
    for (const { name, input } of model.filter((operation) => !api.expectations.has(operation.name))) {
      const answer = await send(
        name,
        inputWith({ schema: input, expectation: undefined, path: [], value: undefined }, sdk.spelling),
      );
      const expected = sdk.file === "ec2" ? "UnsupportedOperation 400" : "NotImplemented 501";
      if (`${answer.name} ${answer.status}` !== expected || !answer.message.endsWith(` ${name}`))
        wrong.push(`${name}: ${answer.name} ${answer.status} ${answer.message}`);
    }
    expect(wrong).toEqual([]);
    expect(folderContent(dir)).toEqual(before);
  });

  test("every member of an operation that works is known, and what does not work is refused by its name and changes nothing", async () => {
    const send = senderOf(sdk);
    const before = folderContent(dir);
    const wrong: string[] = [];
    for (const { name, input, expectation } of working) {
      for (const path of fieldPaths(input)) {
        const refusal = refusalOf(expectation, path, sdk);
        const last = path.at(-1);
        if (refusal.is === "taken" || last === undefined) continue;
        const value = refusal.is === "only" ? unacceptable(refusal.rule, last.schema) : exampleOf(last.schema);
        if (UNSENDABLE.includes(`${name} ${last.name}`)) continue;
        const answer = await send(name, inputWith({ schema: input, expectation, path, value }, sdk.spelling));
        const first = path[0] ?? last;
        if (refusal.is === "unknown" || answer.name === "no failure" || !isNamed(answer, refusal.names, first))
          wrong.push(`${name} ${refusal.names.join(".")} ${refusal.is}: ${answer.name} ${answer.message}`);
      }
    }
    expect(wrong).toEqual([]);
    expect([folderContent(dir), runs]).toEqual([before, 0]);
  });
});
