import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { setUpStage } from "../stages/local/set-up-stage.ts";
import { MakePackage, stageForTests } from "../testing/stage-for-tests.ts";
import { changedScripts } from "./changed-scripts.ts";

test("a build that runs is told from one that would begin now by the scripts of its own definition", async () => {
  await using stage = await stageForTests();
  const setUp = () =>
    setUpStage(stage.loaded, stage.description, { clients: stage.clients, agent: "/agent.mjs", idleSeconds: "5" });
  const { sfn } = stage.clients;
  const source = { sfn, description: stage.description };
  await setUp();
  const { stateMachineArn } = stage.description;
  const begun = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: '{"inputs":["1.2.3"]}' }));
  expect(await changedScripts(source, begun.executionArn ?? "")).toEqual([]);
  await stage.writeScript("package.sh", "#!/bin/bash\necho new\n");
  await setUp();
  expect(await changedScripts(source, begun.executionArn ?? "")).toEqual([MakePackage.name]);
  const later = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: '{"inputs":["1.2.3"]}' }));
  expect(await changedScripts(source, later.executionArn ?? "")).toEqual([]);
});
