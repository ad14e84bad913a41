import { parseArgs } from "node:util";
import { MusterError } from "@muster/pipeline/muster-error";
import { createDiagnostics } from "./diagnostics.ts";
import { endWithReader, flushOutput } from "./process/standard-output.ts";

/**
 * The program on a worker: `agent [--owned] [--dir FOLDER]`; what its scripts call as `muster-s3`: `agent s3 …`; and what runs one task without a
 * queue: `agent --task FILE --dir FOLDER [--shell]`.
 */
async function main(words: string[]): Promise<number> {
  if (words[0] === "s3") {
    const { runS3Command } = await import("./s3/s3-command.ts");
    return forReader(() => runS3Command(words.slice(1)));
  }
  const { values } = parseArgs({
    args: words,
    options: {
      owned: { type: "boolean", default: false },
      dir: { type: "string" },
      "test-worker": { type: "string" },
      log: { type: "string" },
      task: { type: "string" },
      shell: { type: "boolean", default: false },
    },
  });
  if (values.task !== undefined && values.dir !== undefined) {
    const { runSingleTask } = await import("./agent/run-single-task.ts");
    const { task: file, dir: folder, shell } = values;
    return forReader(() => runSingleTask({ program: process.argv[1] ?? "", file, folder, shell }));
  }
  const { startAgent } = await import("./agent/start-agent.ts");
  return startAgent({
    program: process.argv[1] ?? "",
    owned: values.owned,
    folder: values.dir,
    testWorker: values["test-worker"],
    logFile: values.log,
  });
}

/** For what prints to whoever called it: a worker prints for nobody, and waits for nobody. */
async function forReader(work: () => Promise<number>): Promise<number> {
  endWithReader();
  const code = await work();
  await flushOutput();
  return code;
}

process.umask(0o022);
try {
  // Whatever may still be open then, a worker that has ended must not stay.
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  const diagnostics = createDiagnostics((line) => process.stderr.write(`${line}\n`));
  if (error instanceof MusterError) diagnostics.error(error.message, { hint: error.hint });
  else diagnostics.error("the agent failed", { error });
  process.exit(1);
}
