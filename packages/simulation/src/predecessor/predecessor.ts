import type { Deployment } from "../world/deployment.ts";
import { predecessorsFunctions } from "./functions.ts";
import { predecessorsMachine } from "./state-machine.ts";

/**
 * The system that Muster replaced, on the same AWS and with the same scripts. Its README is the source of its rules: a worker for each task,
 * started by the state before it; any worker takes any task of its activity; two retries of whatever failed; a health check every five
 * minutes for activities that have tasks and no workers; machines that are on demand. Nothing told it of a machine's end.
 *
 * Where that README is silent, the predecessor is given the better of two readings: it is played by Muster's own agent, whose network and
 * logs cope with more; its steps are decided as Muster decides them; and its health check starts a worker for each task that waits.
 */
export const predecessor: Deployment = {
  definition: predecessorsMachine,
  functions: predecessorsFunctions,
  hearsEvents: false,
};
