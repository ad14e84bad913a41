import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { namedScripts, type Pipeline, scriptFile } from "@muster/pipeline";
import type { ScriptFinding } from "./script-finding.ts";
import { isProgram, readShebang } from "./shebang.ts";
import { shellSyntax } from "./shell-syntax.ts";
import { type ShellScript, shellcheck } from "./shellcheck.ts";

export interface ScriptCheck {
  /** The pipeline's; all scripts are there. */
  readonly folder: string;
  /** Whether shellcheck is asked, which takes a second for a dozen scripts; true where absent. */
  readonly advice?: boolean;
}

export interface ScriptFindings {
  /** With these a script cannot run, or not as it is meant. */
  readonly faults: readonly ScriptFinding[];
  /** What looks like a mistake. */
  readonly warnings: readonly ScriptFinding[];
}

/** Init is sourced by the worker's bash, whatever its first line says. */
const INIT_SHELL = "bash";

/**
 * Looks at every script that a pipeline names, without running it: that it names an interpreter, may be executed, has Unix line ends, that its shell
 * can read it and, where shellcheck is installed, that this finds no error in it.
 * @returns findings in the order in which the definition names the scripts; of each script the first kind that there is
 */
export async function checkScriptFiles(
  pipeline: Pipeline,
  { folder, advice: wanted = true }: ScriptCheck,
): Promise<ScriptFindings> {
  const checked = await Promise.all(scriptFiles(pipeline, folder).map(checkFile));
  const advice = await shellcheck(wanted ? checked.flatMap(({ script }) => script ?? []) : []);
  return { faults: [...checked.flatMap(({ faults }) => faults), ...advice.errors], warnings: advice.warnings };
}

interface ScriptFile {
  readonly file: string;
  /** Not executed, but read by a shell that is there. */
  readonly sourced: boolean;
}

function scriptFiles(pipeline: Pipeline, folder: string): ScriptFile[] {
  const named = namedScripts(pipeline).map(({ role, path }) => ({
    file: resolve(scriptFile(folder, path)),
    sourced: role === "init",
  }));
  return named.filter(
    (each, index) => named.findIndex(({ file, sourced }) => file === each.file && sourced === each.sourced) === index,
  );
}

interface CheckedScript {
  readonly faults: readonly ScriptFinding[];
  /** What its shell can read. */
  readonly script?: ShellScript;
}

async function checkFile({ file, sourced }: ScriptFile): Promise<CheckedScript> {
  const [contents, { mode }] = await Promise.all([readFile(file), stat(file)]);
  const text = contents.toString("utf8");
  const shebang = sourced ? { path: undefined, interpreter: INIT_SHELL } : readShebang(text);
  const lineEnd = carriageReturn(text);
  if (lineEnd !== undefined) return { faults: [{ file, ...lineEnd }] };
  if (!sourced && (mode & 0o111) === 0) {
    return { faults: [{ file, message: "it is not executable", hint: `chmod +x ${file}` }] };
  }
  if (isProgram(contents)) return { faults: [] };
  if (shebang === undefined) {
    const hint = "start it with the interpreter's path: #!/bin/bash";
    return { faults: [{ file, line: 1, message: "its first line names no interpreter", hint }] };
  }
  if (shebang.path !== undefined && !shebang.path.startsWith("/")) {
    const hint = `write #!/usr/bin/env ${shebang.path}`;
    return { faults: [{ file, line: 1, message: `its interpreter "${shebang.path}" is no absolute path`, hint }] };
  }
  const faults = await shellSyntax(file, shebang.interpreter);
  return faults.length > 0 ? { faults } : { faults, script: { file, shell: shebang.interpreter } };
}

/** A kernel would look for `/bin/bash\r`, and a shell takes the character for a part of each line's last word. */
function carriageReturn(text: string): Omit<ScriptFinding, "file"> | undefined {
  const at = text.indexOf("\r\n");
  if (at === -1) return undefined;
  const line = text.slice(0, at).split("\n").length;
  const hint = "save it with Unix line ends (LF), and let .gitattributes say: *.sh text eol=lf";
  return { line, message: "a line ends in CRLF", hint };
}
