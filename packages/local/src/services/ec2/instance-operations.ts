import type { Ec2Context } from "./ec2-context.ts";
import { findInstances } from "./find-instances.ts";
import { renderState } from "./instance.ts";
import { STATE_REASONS } from "./instance-transition.ts";

interface InstancesInput {
  readonly InstanceId: readonly string[];
}

/** What changes or inspects single instances. */
export function instanceOperations(context: Ec2Context) {
  const { lifecycle, clock } = context;
  /** All ids are checked before any instance is touched. */
  const change = ({ InstanceId }: InstancesInput, apply: (instanceId: string) => void) => {
    const instances = findInstances(context, InstanceId);
    return {
      instancesSet: instances.map(({ instanceId, state }) => {
        apply(instanceId);
        const current = lifecycle.get(instanceId)?.state ?? state;
        return { instanceId, currentState: renderState(current), previousState: renderState(state) };
      }),
    };
  };

  return {
    TerminateInstances: (input: InstancesInput) =>
      change(input, (instanceId) => lifecycle.terminate(instanceId, STATE_REASONS.byUser)),
    StopInstances: (input: InstancesInput) => change(input, (instanceId) => lifecycle.stop(instanceId)),
    StartInstances: (input: InstancesInput) => change(input, (instanceId) => lifecycle.startAgain(instanceId)),

    GetConsoleOutput({ InstanceId = "" }: { InstanceId?: string }) {
      findInstances(context, [InstanceId]);
      const text = lifecycle.consoles.read(InstanceId);
      return {
        instanceId: InstanceId,
        timestamp: new Date(clock.now()),
        output: text && Buffer.from(text).toString("base64"),
      };
    },

    DescribeInstanceAttribute({ InstanceId = "", Attribute }: { InstanceId?: string; Attribute?: string }) {
      const [instance] = findInstances(context, [InstanceId]);
      return {
        instanceId: InstanceId,
        ...(Attribute === "userData" && { userData: { value: instance?.userData } }),
        ...(Attribute === "instanceType" && { instanceType: { value: instance?.instanceType } }),
        ...(Attribute === "instanceInitiatedShutdownBehavior" && {
          instanceInitiatedShutdownBehavior: { value: instance?.shutdownBehavior },
        }),
      };
    },
  };
}
