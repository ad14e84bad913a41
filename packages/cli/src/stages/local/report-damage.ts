import type { Print } from "../../print.ts";

export interface DamageReport {
  /** Tells the user of stored state that cannot be read. */
  readonly onDamaged: (name: string, reason: string) => void;
  /** The builds among it, by name. */
  readonly builds: ReadonlySet<string>;
}

/** @param verdict what became of it: `cannot be read` */
export function reportDamage(print: Print, { machine, verdict }: { machine: string; verdict: string }): DamageReport {
  const builds = new Set<string>();
  return {
    builds,
    onDamaged(name, reason) {
      // Executions are told by the end of their ARN.
      const build = name.startsWith(`${machine}:`) ? name.slice(machine.length + 1) : undefined;
      if (build !== undefined) builds.add(build);
      const what = build === undefined ? name : `the build ${build}`;
      print.error({ message: `${what} ${verdict}: ${reason}`, hint: undefined });
    },
  };
}
