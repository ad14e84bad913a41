import { expect, test } from "vitest";
import { nextCommand } from "./next-command.ts";

const nowhere = { pipeline: undefined, stage: undefined, stateDir: undefined };

test("a command to type next works where this one did", () => {
  expect(nextCommand({ ...nowhere, pipeline: "./pipeline.ts", stateDir: "/srv/state" }, ["build", "1.2.3"])).toBe(
    "muster build 1.2.3 --pipeline ./pipeline.ts --state-dir /srv/state",
  );
});

test("a shell takes it as it was meant", () => {
  expect(nextCommand({ ...nowhere, stateDir: "/srv/it's here" }, ["build"])).toBe(
    "muster build --state-dir '/srv/it'\\''s here'",
  );
});
