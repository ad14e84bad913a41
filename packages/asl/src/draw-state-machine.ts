import type { NestedMachine, State, StateMachineDefinition } from "./amazon-states-language.ts";

/**
 * A definition as a picture, in Mermaid's language: GitHub, GitLab and many editors draw it. Machines within machines are boxes, a box for each branch of a
 * Parallel; an error that is caught has a dotted arrow. Ends without a line break. (Mermaid's own state diagrams come to nothing where boxes are in boxes.)
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function drawStateMachine(definition: StateMachineDefinition): string {
  let states = 0;
  const drawn = drawMachine(definition, { indent: "  ", nextId: () => `s${states++}` });
  return ["flowchart TD", "  begin((begin))", "  finish((end))", ...drawn].join("\n");
}

interface Pen {
  readonly indent: string;
  /** Names hold what identifiers may not, and are unique in their machine alone. */
  readonly nextId: () => string;
  /** The machine is in a box: its beginning and end are the box's. */
  readonly isInner?: boolean;
}

function drawMachine({ StartAt, States }: NestedMachine, pen: Pen): string[] {
  const { indent, isInner = false } = pen;
  const ids = new Map(Object.keys(States).map((name) => [name, pen.nextId()]));
  const id = (name: string): string => ids.get(name) ?? name;
  const arrows = Object.entries(States).flatMap(([name, state]) =>
    arrowsOf(state).flatMap(({ to, arrow }) => {
      if (to === undefined) return isInner ? [] : [`${indent}${id(name)} --> finish`];
      return [`${indent}${id(name)} ${arrow} ${id(to)}`];
    }),
  );
  return [
    ...Object.entries(States).flatMap(([name, state]) => drawState(name, { state, id: id(name), pen })),
    ...(isInner ? [] : [`${indent}begin --> ${id(StartAt)}`]),
    ...arrows,
  ];
}

function drawState(name: string, { state, id, pen }: { state: State; id: string; pen: Pen }): string[] {
  const { indent } = pen;
  const label = `"${name.replaceAll('"', "#quot;")}"`;
  const within = { ...pen, indent: `${indent}  `, isInner: true };
  switch (state.Type) {
    case "Map":
      return box(id, { label, indent, lines: drawMachine(state.ItemProcessor, within) });
    case "Parallel": {
      const inBranch = { ...within, indent: `${within.indent}  ` };
      const branches = state.Branches.map((branch, index) =>
        box(`${id}b${index}`, { label: '" "', indent: within.indent, lines: drawMachine(branch, inBranch) }),
      );
      return box(id, { label, indent, lines: branches.flat() });
    }
    case "Choice":
      return [`${indent}${id}{${label}}`];
    case "Wait":
      return [`${indent}${id}([${label}])`];
    default:
      return [`${indent}${id}[${label}]`];
  }
}

const box = (
  id: string,
  { label, indent, lines }: { label: string; indent: string; lines: readonly string[] },
): string[] => [`${indent}subgraph ${id}[${label}]`, ...lines, `${indent}end`];

interface Arrow {
  /** Undefined: the end of the machine. */
  readonly to: string | undefined;
  readonly arrow: string;
}

function arrowsOf(state: State): Arrow[] {
  if (state.Type === "Choice") {
    const chosen = [...new Set(state.Choices.map(({ Next }) => Next))];
    return [
      ...chosen.filter((to) => to !== state.Default).map((to) => ({ to, arrow: "-- if chosen -->" })),
      { to: state.Default, arrow: "-- otherwise -->" },
    ];
  }
  const caught = "Catch" in state ? [...new Set((state.Catch ?? []).map(({ Next }) => Next))] : [];
  const next = "Next" in state ? state.Next : undefined;
  return [
    { to: next, arrow: "-->" },
    ...caught.filter((to) => to !== next).map((to) => ({ to, arrow: "-. on error .->" })),
  ];
}
