import { writeFile } from "node:fs/promises";
import { env } from "./env.ts";

/** The edge of a tool: what its work answers joins the task's result, an error ends the process with one line. */
export async function runTool(work: () => Promise<Readonly<Record<string, unknown>>>): Promise<void> {
  try {
    const result = await work();
    const file = env.resultFile();
    if (file !== undefined) await writeFile(file, JSON.stringify(result));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? describe(error) : String(error)}\n`);
    process.exitCode = 1;
  }
}

function describe(error: Error): string {
  const { message, cause } = error;
  return cause instanceof Error && !message.includes(cause.message) ? `${message}: ${cause.message}` : message;
}
