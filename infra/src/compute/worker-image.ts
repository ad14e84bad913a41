import { DataAwsAmi } from "@cdktf/provider-aws/lib/data-aws-ami/index.js";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js";
import { type Activity, InvalidConfigurationError, type Pipeline } from "@muster/pipeline";
import { type Architecture, architectureOf } from "../built-parts.ts";
import type { StageScope } from "../stage-scope.ts";

/** Public parameters name the architecture in one of these ways. */
const ARCHITECTURES = [
  ["amd64", "arm64"],
  ["x86_64", "arm64"],
] as const;

/**
 * The SSM parameter of an activity's image: its own, or the pipeline's for its architecture.
 * @throws InvalidConfigurationError for an arm64 activity when the pipeline's image does not say where its architecture stands
 */
export function imageParameter({ name, worker }: Activity, pipeline: Pipeline): string {
  if (worker.image !== undefined) return worker.image;
  if (architectureOf({ worker }) === "x86_64") return pipeline.image;
  for (const [x86, arm] of ARCHITECTURES) {
    const pattern = new RegExp(`(?<![a-z0-9])${x86}(?![a-z0-9])`);
    if (pattern.test(pipeline.image)) return pipeline.image.replace(pattern, arm);
  }
  throw new InvalidConfigurationError(
    `${name} runs on arm64, and the pipeline's image ${pipeline.image} names no architecture`,
    {
      hint: "set worker.image of the activity",
    },
  );
}

/**
 * Types of Amazon's own processors have a g after their generation, and a1, the first of them; all others are x86-64.
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
const typeArchitecture = (instanceType: string): Architecture =>
  /^([a-z]+\d+g|a1\.)/.test(instanceType) ? "arm64" : "x86_64";

/**
 * EC2 refuses to launch a type with an image of another architecture, each time again, and the workers' agent is of the declared one.
 * @throws InvalidConfigurationError naming the activity and the type
 */
export function checkArchitecture({ name, worker }: Activity): void {
  const declared = architectureOf({ worker });
  const other = worker.instanceTypes.find((type) => typeArchitecture(type) !== declared);
  if (other === undefined) return;
  throw new InvalidConfigurationError(
    `${name} has workers of ${declared}, and ${other} is ${typeArchitecture(other)}`,
    {
      hint: `choose instance types of one architecture, and set worker.architecture of ${name}`,
    },
  );
}

/**
 * Parameters of the pipeline's images, as patterns of policies. Of AWS's public ones it is all that a publisher has, up to the version: builds that run
 * while an image changes go on with templates that name the earlier one.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
 */
export function imageParameters(pipeline: Pipeline): string[] {
  const named = pipeline.activities.map((activity) => imageParameter(activity, pipeline));
  return [...new Set(named.map((name) => name.replace(/^(\/aws\/service\/[^/]+\/(?:[a-z-]+\/)*).*$/, "$1*")))];
}

/** The device under which images of this parameter have their root volume: what its size is set on. */
export function rootDevice({ stack }: StageScope, parameter: string, architecture: Architecture): string {
  const name = parameter.replaceAll(/[^A-Za-z0-9]+/g, "_").replace(/^_/, "");
  const id = architecture === "x86_64" || name.includes(architecture) ? name : `${name}_${architecture}`;
  const known = stack.node.tryFindChild(`image_${id}`);
  if (known) return (known as DataAwsAmi).rootDeviceName;
  const image = new DataAwsSsmParameter(stack, `image_id_${id}`, { name: parameter });
  return new DataAwsAmi(stack, `image_${id}`, {
    filter: [
      { name: "image-id", values: [image.insecureValue] },
      // An image of the other architecture is none: the plan fails, and not every launch.
      { name: "architecture", values: [architecture] },
    ],
    // Publishers deprecate an image long before they withdraw it, and a stage keeps those that its state knows.
    includeDeprecated: true,
  }).rootDeviceName;
}
