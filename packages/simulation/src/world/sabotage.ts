import type { ClientConfig } from "@muster/local";
import type { AgentProcess } from "./agent-process.ts";

export type Wrap = (inner: ClientConfig["requestHandler"]) => ClientConfig["requestHandler"];

/** What of a world's Muster is broken where no deployment reaches: shows that what judges it can fail. */
export interface Sabotage {
  /** What becomes of requests of machines before AWS sees them. */
  readonly machines?: Wrap;
  /** The same of functions. */
  readonly functions?: Wrap;
  /** Variables of agents, beside their own. */
  readonly environment?: Partial<AgentProcess["variables"]>;
}

export const untouched: Wrap = (inner) => inner;
