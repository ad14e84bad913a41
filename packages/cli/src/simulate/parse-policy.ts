import { nearestWord, type Pipeline, Policy } from "@muster/pipeline";
import { musterDefault, predecessorsPolicy, type ReleasePolicy } from "@muster/simulation";
import { optionName } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";

type Setting = Partial<Omit<ReleasePolicy, "name" | "system">>;
/** Undefined where the value is none. */
type ReadSetting = (value: string, pipeline: Pipeline) => Setting | undefined;

const OWN: Readonly<Record<string, ReadSetting>> = {
  spot: (value) => (value === "always" || value === "never" ? { spot: value } : undefined),
  "max-workers": (value) => (/^[1-9]\d*$/.test(value) ? { maxWorkers: Number(value) } : undefined),
  types: readTypes,
};

/** By the names of settings: what a stage's policy may say, and what only a simulation changes. */
const settings = new Map<string, ReadSetting>([
  ...Object.keys(Policy.shape).map((field): [string, ReadSetting] => [
    optionName(field),
    (value) => readField(field, value),
  ]),
  ...Object.entries(OWN),
]);

/**
 * `default`, `predecessor`, or how a policy is otherwise than the stage's: `start-ahead=true,idle-seconds=120,spot=never`.
 * @throws UsageError that names what cannot be understood
 */
export function parsePolicy(text: string, pipeline: Pipeline): ReleasePolicy {
  if (text === "default") return { ...musterDefault, name: text };
  if (text === "predecessor") return { ...predecessorsPolicy, name: text };
  const read = text.split(",").map((part) => readSetting(part.trim(), pipeline));
  const stage = Object.assign({}, ...read.map((setting) => setting.stage ?? {}));
  const instanceTypes = Object.assign({}, ...read.map((setting) => setting.instanceTypes ?? {}));
  return { name: text, system: "muster", ...Object.assign({}, ...read), stage, instanceTypes };
}

function readSetting(text: string, pipeline: Pipeline): Setting {
  const [name = "", ...rest] = text.split("=");
  const value = rest.join("=");
  const read = settings.get(name);
  if (read === undefined) {
    const known = ["default", "predecessor", ...settings.keys()];
    const nearest = nearestWord(name, known);
    throw new UsageError(`"${text}" is no policy and no setting of one`, {
      hint: nearest === undefined ? `there are ${known.join(", ")}` : `did you mean ${nearest}?`,
    });
  }
  const setting = read(value, pipeline);
  if (setting !== undefined) return setting;
  throw new UsageError(`"${value}" is no value of ${name}`, { hint: `such as ${exampleOf(name)}` });
}

/** A field of a stage's policy, as its schema has it: true or false, a number, one of some words. */
function readField(field: string, text: string): Setting | undefined {
  const values = [text, Number(text), text === "true" ? true : text === "false" ? false : undefined];
  const schema = Policy.shape[field as keyof typeof Policy.shape];
  const found = values.map((value) => schema.safeParse(value)).find(({ success }) => success);
  return found === undefined ? undefined : { stage: { [field]: found.data } };
}

/** `MakeBinaryPackage:r6i.8xlarge+r6a.8xlarge`. */
function readTypes(text: string, pipeline: Pipeline): Setting | undefined {
  const [step = "", list = ""] = text.split(":");
  const [first, ...others] = list.split("+");
  if (!pipeline.activities.some(({ name }) => name === step) || first === undefined || first === "") return undefined;
  return { instanceTypes: { [step]: [first, ...others] } };
}

function exampleOf(name: string): string {
  const examples = ["true", "false", "60", "never", "1", "Step:r6i.8xlarge+r6a.8xlarge"];
  const field = Object.keys(Policy.shape).find((each) => optionName(each) === name);
  const schema = field === undefined ? undefined : Policy.shape[field as keyof typeof Policy.shape];
  const words = schema !== undefined && "options" in schema ? (schema.options as string[]) : [];
  const fits = [...words, ...examples].find((value) => {
    if (field !== undefined) return readField(field, value) !== undefined;
    return name === "types" ? value.includes(":") : OWN[name]?.(value, { activities: [] } as never) !== undefined;
  });
  return `${name}=${fits ?? "…"}`;
}
