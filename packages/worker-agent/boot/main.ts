import { MusterError } from "@muster/pipeline";
import { bootRelease } from "./boot-release.ts";
import { missingForBoot } from "./requirements.ts";
import { type Release, releases } from "./root-file-system.ts";

/**
 * `pnpm --filter worker-agent boot [RELEASE]…`: boots machines of these releases, by default of all, with the unmodified user data. Takes minutes and the
 * network the first time.
 */
try {
  const words = process.argv.slice(2);
  const unknown = words.find((word) => !releases.includes(word as Release));
  if (unknown !== undefined) throw new MusterError(`"${unknown}" is no release`, { hint: releases.join(", ") });
  const missing = missingForBoot();
  if (missing !== undefined) throw new MusterError(`no machine can be booted: ${missing}`);
  for (const release of words.length > 0 ? (words as Release[]) : releases) {
    const { first, second, code, power, cleaned, lines } = bootRelease(release);
    const problems = [
      ...("status" in first && first.status === "SUCCEEDED" ? [] : [`the first task: ${JSON.stringify(first)}`]),
      ...("error" in second && second.error === "Muster.ScriptFailed" ? [] : [`the second: ${JSON.stringify(second)}`]),
      ...(code === "0" && cleaned === "cleaned\n" && power[0]?.includes("-h +10")
        ? []
        : [JSON.stringify({ code, cleaned, power })]),
    ];
    const said = lines.find((line) => line.startsWith("built "));
    process.stdout.write(`${release.padEnd(10)}${problems.length === 0 ? said : `FAILED  ${problems.join("; ")}`}\n`);
    if (problems.length > 0) process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof MusterError)) throw error;
  process.stderr.write(`boot: ${error.message}${error.hint ? `\n  ${error.hint}` : ""}\n`);
  process.exitCode = 1;
}
