import type { StepReport } from "./drill.ts";

export interface DrillReport {
  readonly stage: string;
  readonly pipeline: string;
  readonly region: string;
  /** AWS, or the endpoint that stands for it. */
  readonly against: string;
  readonly startedAt: Date;
  readonly steps: readonly StepReport[];
}

/** As Markdown, to be pasted into an issue: neither account nor machines are named. */
export function drillMarkdown({ stage, pipeline, region, against, startedAt, steps }: DrillReport): string {
  const count = (verdict: string) => steps.filter((step) => step.verdict === verdict).length;
  const otherwise = steps.flatMap((step) => step.otherwise.map((each) => `- ${step.step}: ${each}`));
  return [
    `**Drill of \`${stage}\`: ${count("held")} of ${steps.length} held, ${count("not held")} not, ${count("not rehearsed")} not rehearsed**`,
    "",
    `${pipeline} in ${region}, against ${against}, from ${startedAt.toISOString().slice(0, 16)}Z.`,
    "",
    "| step | verdict | took | saw |",
    "| --- | --- | --- | --- |",
    ...steps.map(({ step, verdict, seconds, saw }) => `| ${step} | ${verdict} | ${duration(seconds)} | ${cell(saw)} |`),
    "",
    ...(otherwise.length > 0
      ? ["Otherwise than `local`:", "", ...otherwise]
      : ["Nothing was otherwise than on `local`."]),
  ]
    .map(withoutIds)
    .join("\n");
}

const duration = (seconds: number): string => (seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);

const cell = (lines: readonly string[]): string => lines.join("; ").replaceAll("|", "\\|");

/** An issue may be public: accounts stay out of it. */
const withoutIds = (text: string): string => text.replaceAll(/\b\d{12}\b/g, "…");
