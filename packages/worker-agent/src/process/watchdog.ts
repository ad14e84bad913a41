import { spawn } from "node:child_process";
import { NO_GROUP, type ProcessMarks } from "./processes.ts";

/** Ends what is left of a script when the agent dies without having done so. */
export interface Watchdog {
  /** From now on this script dies with the agent. */
  guard(marks: Pick<ProcessMarks, "group" | "variable">): void;
  /** The script has ended, and its group's number may soon be that of others: from now on only what bears its variable dies with the agent. */
  guardRest(marks: Pick<ProcessMarks, "variable">): void;
  /** Nothing of the script is left. */
  release(): void;
  close(): void;
}

/**
 * The last line that it read names what to end when nobody can write any more. It looks until nothing is found:
 * what is born between two looks bears the same mark.
 */
const PROGRAM = `
trap '' TERM INT HUP
while IFS= read -r line; do last=$line; done
[ -n "$last" ] || exit 0
group=\${last%% *} mark=\${last#* }
end_group() { [ "$group" -gt 1 ] && kill "$1" -- "-$group" 2>/dev/null; }
for round in {1..100}; do
  end_group -KILL
  left=0
  while IFS=/ read -r _ _ pid _; do
    kill -KILL "$pid" 2>/dev/null && left=1
  done < <(grep --files-with-matches --null-data --line-regexp --fixed-strings -e "$mark" /proc/[0-9]*/environ 2>/dev/null)
  [ "$left" = 0 ] && ! end_group -0 && exit 0
  sleep 0.02
done
`;

/** Starts it in a session of its own, so that it outlives what ends the agent. */
export function startWatchdog({ path }: { path: string }): Watchdog {
  // Its input is a socket: bash would take itself for a remote shell's, and read .bashrc.
  const child = spawn("bash", ["--norc", "-c", PROGRAM, "muster-watchdog"], {
    detached: true,
    cwd: "/",
    env: { PATH: path },
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Without it scripts still end with the agent's service or instance; its loss is no reason to fail a build.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.unref();
  return {
    guard: ({ group, variable }) => child.stdin.write(`${group} ${variable}\n`),
    guardRest: ({ variable }) => child.stdin.write(`${NO_GROUP} ${variable}\n`),
    release: () => child.stdin.write("\n"),
    close: () => child.stdin.end("\n"),
  };
}
