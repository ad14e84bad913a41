import { isBookkeeping, isVerdict, type Step } from "@muster/history";
import { type Pipeline, type Place, placeCells, stepsOf } from "@muster/pipeline";

/** A task that the build has not come to. */
export interface ToCome {
  readonly step: string;
  readonly place: Place;
}

export type MatrixCell =
  | {
      readonly kind: "step";
      readonly step: Step /** Nothing moves it any more, finished or not. */;
      readonly isOver: boolean;
    }
  | { readonly kind: "to come" };

/** What is about a version, a platform of it, or the build as a whole. */
export interface MatrixRow {
  readonly version: string;
  readonly platform: string;
  /** By step. */
  readonly cells: ReadonlyMap<string, MatrixCell>;
}

/** A build's tasks, each once. */
export interface StatusMatrix {
  /** Steps in the order of the flow, those that the build adds behind them. */
  readonly columns: readonly string[];
  /** Versions, each with its platforms below it; what is about the build as a whole comes last. */
  readonly rows: readonly MatrixRow[];
}

interface MatrixOptions {
  readonly flow: Pipeline["flow"];
  readonly toCome: readonly ToCome[];
  /** Whether something moves the build. */
  readonly goesOn: boolean;
}

/** What of a build is told: what only keeps its books is, where it goes wrong. */
export const isTold = (step: Step): boolean =>
  !isVerdict(step) && (!isBookkeeping(step) || step.state === "failed" || step.state === "retrying");

/** Which step is how far, where. */
export function statusMatrix(steps: readonly Step[], { flow, toCome, goesOn }: MatrixOptions): StatusMatrix {
  const told = steps.filter(isTold);
  const columns = new Set<string>();
  const rows = new Map<string, { version: string; platform: string; cells: Map<string, MatrixCell> }>();
  const put = (name: string, place: Place, cell: MatrixCell) => {
    const [version, platform] = placeCells(place);
    const key = `${version} ${platform}`;
    const row = rows.get(key) ?? { version, platform, cells: new Map<string, MatrixCell>() };
    rows.set(key, row);
    if (!row.cells.has(name)) row.cells.set(name, cell);
    columns.add(name);
  };
  for (const step of told) put(step.name, step, { kind: "step", step, isOver: !goesOn });
  for (const { step, place } of toCome) put(step, place, { kind: "to come" });
  const order = new Map(stepsOf(flow).map(({ name }, index) => [name, index]));
  const rank = (name: string): number => order.get(name) ?? order.size;
  return {
    columns: [...columns].sort((one, other) => rank(one) - rank(other)),
    rows: byVersion([...rows.values()]),
  };
}

function byVersion(rows: readonly MatrixRow[]): MatrixRow[] {
  const versions = Map.groupBy(rows, ({ version }) => version);
  const ofBuild = versions.get("") ?? [];
  versions.delete("");
  const ofVersions = [...versions.values()].flatMap((group) => [
    ...group.filter(({ platform }) => platform === ""),
    ...group.filter(({ platform }) => platform !== ""),
  ]);
  return [...ofVersions, ...ofBuild];
}
