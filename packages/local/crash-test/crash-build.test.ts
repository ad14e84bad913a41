import { beforeAll, expect, test } from "vitest";
import { type BuildReport, crashBuild, differences } from "./crash-build.ts";

let undisturbed: BuildReport;
beforeAll(async () => {
  undisturbed = await crashBuild([]);
});

test("undisturbed, every task script runs once", () => {
  expect(undisturbed.status).toBe("SUCCEEDED");
  expect(differences(undisturbed, undisturbed)).toEqual([]);
  expect(undisturbed.log.filter((line) => line.startsWith("run "))).toHaveLength(18);
});

test.each([{ kills: [5] }, { kills: [40] }, { kills: [80] }, { kills: [20, 60] }])(
  "killed after $kills ms of work, a build ends as an undisturbed one does",
  async ({ kills }) => {
    expect(differences(await crashBuild(kills), undisturbed)).toEqual([]);
  },
);
