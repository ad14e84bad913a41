import { AwsError } from "../../aws-error.ts";
import { admit } from "./admit.ts";
import { clientTokens } from "./client-tokens.ts";
import type { Ec2Context } from "./ec2-context.ts";
import type { Instance } from "./instance.ts";
import { launchInstances } from "./launch-instances.ts";
import type { LaunchSpecification } from "./launch-specification.ts";
import type { TemplateReference } from "./launch-templates.ts";
import { planLaunch, resolveTemplate } from "./plan-launch.ts";
import { renderInstance } from "./render-instance.ts";

export interface RunInstancesInput extends LaunchSpecification {
  readonly MinCount: string;
  readonly MaxCount: string;
  readonly ClientToken?: string;
  readonly LaunchTemplate?: TemplateReference & { readonly Version?: string };
}

export function runInstancesOperations(context: Ec2Context) {
  const { lifecycle, storage, clock } = context;
  const tokens = clientTokens<readonly string[]>({ storage, clock, name: "ec2/run-instances-tokens" });
  return {
    /** A repeated token answers the instances of the first call as they are now, dead ones too. */
    RunInstances(input: RunInstancesInput) {
      const { MinCount, MaxCount, ClientToken, LaunchTemplate, ...request } = input;
      const least = countOf("MinCount", MinCount);
      const most = countOf("MaxCount", MaxCount);
      if (least > most) throw invalid(`MinCount ${least} is greater than MaxCount ${most}`);
      const instanceIds = tokens.once(ClientToken, input, () => {
        const template = LaunchTemplate && resolveTemplate(context, LaunchTemplate);
        const plan = planLaunch(context, request, template);
        const { count, refusal } = admit(context, { ...plan, least, most });
        if (count === 0 && refusal !== undefined) throw refusal;
        return launchInstances(context, plan, count, ClientToken).map(({ instanceId }) => instanceId);
      });
      const instances = instanceIds.flatMap((instanceId) => lifecycle.get(instanceId) ?? []);
      return renderReservation(context, instances);
    },
  };
}

/** Instances that were launched together. */
export function renderReservation(context: Ec2Context, instances: readonly Instance[]): Record<string, unknown> {
  return {
    reservationId: instances[0]?.reservationId,
    ownerId: context.accountId,
    groupSet: [],
    instancesSet: instances.map((instance) => renderInstance(instance, context)),
  };
}

function countOf(name: string, value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1)
    throw invalid(`Invalid value '${value}' for ${name}. Must be a positive integer.`);
  return count;
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}
