import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ListStateMachinesCommand, SFNClient } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { outliveOwner } from "./outlive-owner.ts";
import type { Stage } from "./stage.ts";

/** An address where nothing listens any more, as an owner that has ended leaves it. */
async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}`;
}

type Movable = Pick<Stage, "movedBy">;

/** What a command does with a stage that another process moves. */
async function ask({ movedBy }: Movable): Promise<Stage["movedBy"]> {
  if (typeof movedBy !== "object") return movedBy;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const sfn = new SFNClient({ endpoint: movedBy.url, region: "us-west-2", credentials, maxAttempts: 1 });
  await sfn.send(new ListStateMachinesCommand({})).finally(() => sfn.destroy());
  return movedBy;
}

test("when the process that moved the builds has ended, the work is done again on the stage as it is then", async () => {
  const stages: Movable[] = [{ movedBy: { pid: 1, url: await deadUrl() } }, { movedBy: "here" }];
  expect(await outliveOwner(async () => stages.shift() as Movable, ask, { lookMs: 1 })).toBe("here");
  expect(stages).toEqual([]);
});

test("a process that owns the stage and never answers is named", async () => {
  const stage: Movable = { movedBy: { pid: 4711, url: await deadUrl() } };
  await expect(outliveOwner(async () => stage, ask, { patienceMs: 20, lookMs: 1 })).rejects.toMatchObject({
    name: "Muster.Stage",
    message: expect.stringContaining("process 4711"),
  });
});

test("what else goes wrong is not tried again", async () => {
  let tries = 0;
  const work = async () => {
    tries++;
    throw new Error("the pipeline is broken");
  };
  await expect(outliveOwner(async (): Promise<Movable> => ({ movedBy: "here" }), work)).rejects.toThrow("broken");
  expect(tries).toBe(1);
});
