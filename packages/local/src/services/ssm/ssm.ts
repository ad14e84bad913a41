import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import { awsJson } from "../../protocol/aws-json.ts";
import { type Service, service } from "../../service.ts";
import type { Storage } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import { publicImage } from "../ec2/images.ts";
import { checkParameterName, invalid, parseReference } from "./parameter-name.ts";
import { ssmApi } from "./ssm-api.ts";

export interface SsmOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
}

export interface Ssm {
  readonly service: Service;
  /** A parameter's value, for those who resolve `resolve:ssm:…`. */
  parameter(name: string): string | undefined;
}

/** One version of a parameter. */
interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly version: number;
  readonly modifiedMs: number;
  /** Absent: Standard. */
  readonly tier?: Tier;
  /** Versions before this one, the latest first. */
  readonly former?: readonly Omit<Parameter, "former">[];
}

interface PutParameterInput {
  readonly Name: string;
  readonly Value: string;
  readonly Type?: string;
  readonly Overwrite?: boolean;
  readonly Tier?: string;
}

/** A page of GetParametersByPath. */
const MOST_PARAMETERS = 10;
const MOST_NAMES = 10;
/** Of one parameter; with another, the oldest goes. */
const MOST_VERSIONS = 100;

/** Bytes of a value. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const LARGEST_VALUE = { Standard: 4096, Advanced: 8192 } as const;
type Tier = keyof typeof LARGEST_VALUE;

/** The parameter store. AWS's public image parameters are all there, each with an image id of its own. */
export function createSsm({ storage, clock, region, accountId }: SsmOptions): Ssm {
  const parameters = openStoredMap<Parameter>(storage, "ssm/parameters");
  const find = (name: string): Parameter | undefined => parameters.get(name) ?? publicParameter(name);
  /** A version by its number; labels cannot be given here, so none is ever found. */
  const findVersion = (text: string): { parameter: Parameter; selector: string | undefined } => {
    const { name, selector } = parseReference(text);
    const latest = find(name);
    if (latest === undefined) throw new AwsError("ParameterNotFound", `Parameter ${name} not found.`);
    if (selector === undefined) return { parameter: latest, selector };
    const parameter = [latest, ...(latest.former ?? [])].find(({ version }) => selector === `:${version}`);
    if (parameter !== undefined) return { parameter, selector };
    throw new AwsError(
      "ParameterVersionNotFound",
      `Systems Manager could not find version ${selector.slice(1)} of ${name}.`,
    );
  };
  const render = ({ name, type, value, version, modifiedMs }: Parameter, selector?: string) => ({
    Name: name,
    Type: type,
    Value: value,
    Version: version,
    ...(selector === undefined ? {} : { Selector: selector }),
    LastModifiedDate: new Date(modifiedMs),
    ARN: `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, "")}`,
    DataType: "text",
  });

  const operations = {
    PutParameter({ Name, Value, Type, Overwrite, Tier }: PutParameterInput) {
      checkParameterName(Name);
      const known = parameters.get(Name);
      const type = checkType(Type ?? known?.type);
      const tier = tierOf(Tier ?? known?.tier ?? "Standard", Value);
      if (known !== undefined && !Overwrite) {
        throw new AwsError(
          "ParameterAlreadyExists",
          "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        );
      }
      if (known !== undefined && known.type !== type) {
        throw new AwsError("HierarchyTypeMismatchException", `${Name} is a ${known.type}, and cannot become a ${type}`);
      }
      const version = (known?.version ?? 0) + 1;
      const { former = [], ...latest } = known ?? {};
      parameters.set(Name, {
        name: Name,
        type,
        value: Value,
        version,
        modifiedMs: clock.now(),
        tier,
        ...(known === undefined ? {} : { former: [latest as Parameter, ...former].slice(0, MOST_VERSIONS - 1) }),
      });
      return { Version: version, Tier: tier };
    },

    GetParameter({ Name }: { Name: string }) {
      const { parameter, selector } = findVersion(Name);
      return { Parameter: render(parameter, selector) };
    },

    GetParameters({ Names }: { Names: readonly string[] }) {
      if (Names.length < 1 || Names.length > MOST_NAMES)
        throw invalid(`Names must have 1 to ${MOST_NAMES} members, not ${Names.length}`);
      const found = Names.map((name) => {
        try {
          return findVersion(name);
        } catch (error) {
          if (error instanceof AwsError) return undefined;
          throw error;
        }
      });
      return {
        Parameters: found.flatMap((hit) => (hit === undefined ? [] : [render(hit.parameter, hit.selector)])),
        InvalidParameters: Names.filter((_, index) => found[index] === undefined),
      };
    },

    GetParametersByPath(input: { Path: string; Recursive?: boolean; MaxResults?: number; NextToken?: string }) {
      const most = input.MaxResults ?? MOST_PARAMETERS;
      if (!input.Path.startsWith("/")) throw invalid(`The parameter path "${input.Path}" must begin with /`);
      const folder = input.Path.endsWith("/") ? input.Path : `${input.Path}/`;
      const below = [...parameters.values()]
        .filter(({ name }) => name.startsWith(folder) && (input.Recursive || !name.slice(folder.length).includes("/")))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const left = below.filter(({ name }) => name > (input.NextToken ?? ""));
      const page = left.slice(0, most);
      const last = page.at(-1)?.name;
      return {
        Parameters: page.map((parameter) => render(parameter)),
        ...(left.length > page.length && { NextToken: last }),
      };
    },

    DeleteParameter({ Name }: { Name: string }) {
      if (!parameters.delete(Name)) throw new AwsError("ParameterNotFound", `Parameter ${Name} not found.`);
      return {};
    },
  };
  return {
    service: service("ssm", {
      protocol: awsJson("AmazonSSM", "1.1"),
      api: ssmApi,
      operations,
    }),
    parameter: (name) => find(name)?.value,
  };
}

function checkType(type: string | undefined): string {
  if (type === "String" || type === "StringList") return type;
  if (type === undefined) throw invalid("A parameter type is required when you create a parameter.");
  if (type === "SecureString") throw invalid("SecureString is not supported here: nothing would be encrypted");
  throw new AwsError("UnsupportedParameterType", `${type} is none of String, StringList, SecureString`);
}

/** Intelligent-Tiering takes the cheapest tier that holds the value. */
function tierOf(asked: string, value: string): Tier {
  const bytes = Buffer.byteLength(value);
  if (bytes === 0) throw invalid("The value of a parameter must not be empty");
  const tier = asked === "Intelligent-Tiering" ? (bytes > LARGEST_VALUE.Standard ? "Advanced" : "Standard") : asked;
  if (tier !== "Standard" && tier !== "Advanced")
    throw invalid(`The tier ${asked} is none of Standard, Advanced, Intelligent-Tiering`);
  if (bytes <= LARGEST_VALUE[tier]) return tier;
  throw invalid(
    `${tier} tier parameters support a maximum parameter value of ${LARGEST_VALUE[tier]} characters: this one has ${bytes}.${tier === "Standard" ? " To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier." : ""}`,
  );
}

function publicParameter(name: string): Parameter | undefined {
  if (!name.startsWith("/aws/service/")) return undefined;
  return { name, type: "String", value: publicImage(name), version: 1, modifiedMs: 0 };
}
