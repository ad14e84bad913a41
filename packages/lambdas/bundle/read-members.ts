/**
 * What functions read of EC2's largest answers, by the SDK's names of their shapes. What they do not read is not described to the client, which passes over it
 * when it parses an answer, and goes with all that it holds: a tenth of a bundle.
 */
export const READ_OF_EC2 = {
  Instance: [
    "InstanceId",
    "InstanceLifecycle",
    "InstanceType",
    "LaunchTime",
    "Placement",
    "State",
    "StateReason",
    "Tags",
  ],
  FleetLaunchTemplateOverrides: ["AvailabilityZone", "InstanceType", "SubnetId"],
} as const;

type Shapes = Readonly<Record<string, readonly string[]>>;

/**
 * A module of the SDK's shapes with only these members of some. A structure is `[3, namespace, name, traits, [members], [schemas], …]`.
 * @throws Error where it writes them in another way, or has no such member
 */
export function withMembers(source: string, shapes: Shapes): string {
  return Object.entries(shapes).reduce((text, [shape, members]) => {
    const declared = `export var ${shape}$ = [`;
    const start = text.indexOf(declared);
    const end = text.indexOf("\n];", start);
    if (start === -1 || end === -1) throw new Error(`the SDK writes ${shape} in another way: see withMembers`);
    const parts = elements(text.slice(start + declared.length, end));
    const names = elements(inside(parts[4]));
    const schemas = elements(inside(parts[5]));
    const kept = members.map((member) => {
      const constant = new RegExp(`^const (\\w+) = "${member}";`, "m").exec(text)?.[1];
      const index = names.indexOf(constant ?? "");
      if (index === -1) throw new Error(`the SDK's ${shape} has no ${member}`);
      return [names[index], schemas[index]] as const;
    });
    const list = (at: 0 | 1) => `[${kept.map((pair) => pair[at]).join(", ")}]`;
    const replaced = [...parts.slice(0, 4), list(0), list(1), ...parts.slice(6)].join(", ");
    return text.slice(0, start) + declared + replaced + text.slice(end);
  }, source);
}

const inside = (list = ""): string => list.slice(1, -1);

/** Of an array's text, by the commas that are in no bracket. No text in a schema has one. */
function elements(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? "";
    if ("[{(".includes(sign)) depth++;
    if ("]})".includes(sign)) depth--;
    if (sign !== "," || depth > 0) continue;
    found.push(text.slice(start, at).trim());
    start = at + 1;
  }
  return [...found, text.slice(start).trim()];
}
