import { globSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { registerHooks } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { initRepository } from "./init-repository.ts";

// GitHub's parser imports JSON without saying so, which is left to bundlers.
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return specifier.endsWith(".json") ? { ...found, importAttributes: { type: "json" } } : found;
  },
});
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");

const repository = join(import.meta.dirname, "../../..");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-workflows-"));
  const options = { folder, name: "hello", what: "deb", platforms: ["debian-12-bookworm"], aws: true } as const;
  initRepository(options, { version: "1.2.3" });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What GitHub's own parser says of a workflow, of its expressions too. */
async function problemsOf(content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: "workflow.yml", content }, new NoOperationTraceWriter());
  if (value !== undefined) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

const written = () => readdirSync(join(folder, ".github/workflows")).sort();
const read = (name: string) => readFileSync(join(folder, ".github/workflows", name), "utf8");

test("GitHub takes the workflows", async () => {
  expect(written()).toEqual(["deploy.yml", "plan.yml", "test.yml"]);
  for (const name of written()) expect(await problemsOf(read(name)), name).toEqual([]);
});

test.each([
  ["a step's field that there is not", ["- run: npm test", "- rum: npm test"]],
  ["an expression of what there is not", ["runs-on: ubuntu-24.04", `runs-on: $${"{{ ubuntu.latest }}"}`]],
] as const)("GitHub would not take %s", async (_, [right, wrong]) => {
  const text = read("test.yml");
  expect(text).toContain(right);
  expect(await problemsOf(text.replace(right, wrong))).not.toEqual([]);
});

test("packages are installed before there are credentials, and what is deployed is bundled by its synthesis", () => {
  for (const name of ["deploy.yml", "plan.yml"]) {
    const steps = Array.from(read(name).matchAll(/^ {6}- (.*)$/gm), ([, step = ""]) => step);
    const [installs, credentials] = ["run: npm install", "uses: aws-actions/configure-aws-credentials@"].map((start) =>
      steps.findIndex((step) => step.startsWith(start)),
    );
    expect(installs, name).toBeGreaterThan(0);
    expect(installs, name).toBeLessThan(credentials ?? 0);
    expect(steps.slice(credentials).filter((step) => step.startsWith("run: "))).toEqual([
      expect.stringMatching(/^run: npx muster-infra (diff production|deploy production --auto-approve)$/),
    ]);
  }
});

/** `owner/action` with its commit and its release, as text. */
const actionsIn = (text: string): string[] =>
  Array.from(text.matchAll(/uses: (\S+@\S+ # \S+)$/gm), ([, used = ""]) => used);

test("they use the actions that this repository's own use, at the same commits", () => {
  const own = globSync(".github/**/*.yml", { cwd: repository }).flatMap((path) =>
    actionsIn(readFileSync(join(repository, path), "utf8")),
  );
  const used = written().flatMap((name) => actionsIn(read(name)));
  expect(used.length).toBe(written().flatMap((name) => read(name).match(/uses:/g) ?? []).length);
  for (const action of used) expect(own).toContain(action);
});

test("they run scripts and name a stage that are there", () => {
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const stages = readFileSync(join(folder, "stages.ts"), "utf8");
  const commands = written().flatMap((name) =>
    Array.from(read(name).matchAll(/- run: (.+)$/gm), ([, line = ""]) => line),
  );
  for (const line of commands) {
    const [, script] = /^npm (?:run )?(test|plan)$/.exec(line) ?? [];
    if (script !== undefined) expect(scripts).toHaveProperty(script);
    const [, stage] = /^npx muster-infra (?:diff|deploy) (\w+)/.exec(line) ?? [];
    if (stage !== undefined) expect(stages).toContain(`  ${stage}: {`);
  }
  expect(commands).toContain("npx muster-infra deploy production --auto-approve");
});
