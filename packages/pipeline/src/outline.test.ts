import { expect, test } from "vitest";
import type { Activity } from "./activity.ts";
import { activity } from "./declare-activity.ts";
import { hours } from "./duration.ts";
import { type Flow, forEachPlatform, parallel, sequence } from "./flow.ts";
import { type Outline, type OutlineStep, outline } from "./outline.ts";

const named = (name: string, per: Activity["per"]) =>
  activity({ name, per, script: "make.sh", timeout: hours(1), worker: { instanceTypes: ["t3.micro"] } });
const A = named("A", "version");
const B = named("B", "version");
const P = named("P", "platform");
const Q = named("Q", "platform");

/** `A ▸ [P | Q]`, platforms in braces, GetPlatformsForVersion as `?`. */
function picture(steps: Outline): string {
  return steps.map(pictureOf).join(" ▸ ");
}

function pictureOf(step: OutlineStep): string {
  if (step.kind === "activity" || step.kind === "approval") return step.name;
  if (step.kind === "getPlatforms") return "?";
  if (step.kind === "forEachPlatform") return `{${picture(step.steps)}}`;
  return `[${step.branches.map(({ steps }) => picture(steps)).join(" | ")}]`;
}

test.each<[string, Flow]>([
  ["A ▸ B", sequence(A, B)],
  ["? ▸ {P}", forEachPlatform(P)],
  ["A ▸ ? ▸ {P} ▸ B", sequence(A, forEachPlatform(P), B)],
  ["A ▸ ? ▸ {P} ▸ B ▸ {Q}", sequence(A, forEachPlatform(P), B, forEachPlatform(Q))],
  ["A ▸ [? ▸ {P} ▸ B]", sequence(A, parallel(sequence("Build", forEachPlatform(P), B)))],
  ["[A | B ▸ ? ▸ {P}]", parallel(A, sequence(B, forEachPlatform(P)))],
  ["? ▸ [A ▸ {P} | {Q}]", parallel(sequence(A, forEachPlatform(P)), forEachPlatform(Q))],
  ["? ▸ [A | {P}] ▸ B", sequence(parallel(A, forEachPlatform(P)), B)],
  ["A ▸ [[? ▸ {[P | Q]}] | B]", sequence(A, parallel(parallel(forEachPlatform(parallel(P, Q))), B))],
])("platforms are looked up once and as late as they can be: %s", (expected, flow) => {
  expect(picture(outline(flow))).toBe(expected);
});

test("a sequence inside a sequence is as if its steps stood there", () => {
  expect(picture(outline(sequence(A, sequence("Build", forEachPlatform(sequence(P, sequence(Q)))), B)))).toBe(
    "A ▸ ? ▸ {P ▸ Q} ▸ B",
  );
});
