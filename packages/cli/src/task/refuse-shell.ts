import { isatty } from "node:tty";
import type { Print } from "../print.ts";
import { UsageError } from "../usage-error.ts";

/**
 * @param json whether one value was asked for
 * @throws UsageError where a shell was asked for and nobody could type into it
 */
export function refuseShellWithoutTerminal({ stdout }: Pick<Print, "stdout">, { json }: { json: boolean }): void {
  if (json) throw new UsageError("a shell prints no JSON", { hint: "leave --json or --shell out" });
  if (stdout.isTTY === true && isatty(0)) return;
  throw new UsageError("--shell opens a shell on a terminal, and this is none", {
    hint: "leave --shell out, or run it on a terminal",
  });
}
