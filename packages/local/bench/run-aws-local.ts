import { StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import { FUNCTION_ARN, prepare, work, workload } from "./workload.ts";

/** Runs the workload on aws-local-stepfunctions, its activity replaced by a function; answers the milliseconds it took. */
export async function runAwsLocal(items: number): Promise<number> {
  const { definition, input } = workload(items, FUNCTION_ARN);
  const startedMs = performance.now();
  const machine = new StateMachine(definition as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const execution = machine.run(JSON.parse(JSON.stringify(input)), {
    overrides: {
      taskResourceLocalHandlers: {
        Prepare: async (n) => prepare(n as number),
        Work: async (n) => work(n as number),
      },
    },
  });
  await execution.result;
  return performance.now() - startedMs;
}
