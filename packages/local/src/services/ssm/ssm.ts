import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import { awsJson } from "../../protocol/aws-json.ts";
import { checkMembers, type Members } from "../../protocol/check-members.ts";
import { type Service, service } from "../../service.ts";
import type { Storage } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import { publicImage } from "../ec2/plan-launch.ts";

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

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly version: number;
  readonly modifiedMs: number;
}

interface PutParameterInput {
  readonly Name: string;
  readonly Value: string;
  readonly Type?: string;
  readonly Overwrite?: boolean;
}

const MEMBERS = {
  PutParameter: { Name: "string!", Value: "string!", Type: "string", Overwrite: "boolean" },
  GetParameter: { Name: "string!" },
  GetParameters: { Names: "list!" },
  GetParametersByPath: { Path: "string!", Recursive: "boolean", MaxResults: "number", NextToken: "string" },
  DeleteParameter: { Name: "string!" },
} satisfies Record<string, Members>;

/** A page of GetParametersByPath. */
const MOST_PARAMETERS = 10;

/** The parameter store. AWS's public image parameters are all there, each with an image id of its own. */
export function createSsm({ storage, clock, region, accountId }: SsmOptions): Ssm {
  const parameters = openStoredMap<Parameter>(storage, "ssm/parameters");
  const find = (name: string): Parameter | undefined => parameters.get(name) ?? publicParameter(name);
  const render = ({ name, type, value, version, modifiedMs }: Parameter) => ({
    Name: name,
    Type: type,
    Value: value,
    Version: version,
    LastModifiedDate: new Date(modifiedMs),
    ARN: `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, "")}`,
    DataType: "text",
  });

  const operations = {
    PutParameter({ Name, Value, Type, Overwrite }: PutParameterInput) {
      const known = parameters.get(Name);
      if (known !== undefined && !Overwrite) {
        throw new AwsError(
          "ParameterAlreadyExists",
          "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        );
      }
      const type = Type ?? known?.type;
      if (type === undefined)
        throw new AwsError("ValidationException", "A parameter type is required when you create a parameter.");
      const version = (known?.version ?? 0) + 1;
      parameters.set(Name, { name: Name, type, value: Value, version, modifiedMs: clock.now() });
      return { Version: version, Tier: "Standard" };
    },

    GetParameter({ Name }: { Name: string }) {
      const found = find(Name);
      if (found === undefined) throw new AwsError("ParameterNotFound", `Parameter ${Name} not found.`);
      return { Parameter: render(found) };
    },

    GetParameters({ Names }: { Names: readonly string[] }) {
      const found = Names.flatMap((name) => find(name) ?? []);
      return { Parameters: found.map(render), InvalidParameters: Names.filter((name) => find(name) === undefined) };
    },

    GetParametersByPath(input: { Path: string; Recursive?: boolean; MaxResults?: number; NextToken?: string }) {
      const folder = input.Path.endsWith("/") ? input.Path : `${input.Path}/`;
      const below = [...parameters.values()]
        .filter(({ name }) => name.startsWith(folder) && (input.Recursive || !name.slice(folder.length).includes("/")))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const left = below.filter(({ name }) => name > (input.NextToken ?? ""));
      const page = left.slice(0, input.MaxResults ?? MOST_PARAMETERS);
      const last = page.at(-1)?.name;
      return { Parameters: page.map(render), ...(left.length > page.length && { NextToken: last }) };
    },

    DeleteParameter({ Name }: { Name: string }) {
      if (!parameters.delete(Name)) throw new AwsError("ParameterNotFound", `Parameter ${Name} not found.`);
      return {};
    },
  };
  return {
    service: service("ssm", {
      protocol: awsJson("AmazonSSM", "1.1"),
      operations: checkMembers(operations, MEMBERS, "ValidationException"),
    }),
    parameter: (name) => find(name)?.value,
  };
}

function publicParameter(name: string): Parameter | undefined {
  if (!name.startsWith("/aws/service/")) return undefined;
  return { name, type: "String", value: publicImage(name), version: 1, modifiedMs: 0 };
}
