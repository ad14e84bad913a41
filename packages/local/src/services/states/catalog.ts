import { hash } from "node:crypto";
import type {
  ActivityRecord,
  EndedRecord,
  MetadataJournal,
  MetadataRecord,
  StateMachineRecord,
} from "./journal/metadata-journal.ts";
import { type CompiledDefinition, compileDefinition } from "./language/compile-definition.ts";
import type { StateMachineDefinition } from "./language/state.ts";

/** State machines, activities, tags and the executions that have ended: everything that outlives single executions. */
export interface Catalog {
  readonly stateMachines: ReadonlyMap<string, StateMachineRecord>;
  readonly activities: ReadonlyMap<string, ActivityRecord>;
  readonly ended: ReadonlyMap<string, EndedRecord>;
  /** By the ARN of a Map Run: which execution it is of. */
  readonly mapRuns: ReadonlyMap<string, string>;
  /** What seals task tokens and seeds chance, once known. */
  readonly secret: string | undefined;
  tagsOf(arn: string): Readonly<Record<string, string>>;
  definitionText(definitionHash: string): string;
  definition(definitionHash: string): StateMachineDefinition | undefined;
  /** Remembers a definition's text under its hash. */
  addDefinition(text: string): string;
  change(record: MetadataRecord): void;
  /** Takes in what another process wrote. */
  refresh(): void;
}

export function createCatalog(journal: MetadataJournal | undefined): Catalog {
  const stateMachines = new Map<string, StateMachineRecord>();
  const activities = new Map<string, ActivityRecord>();
  const ended = new Map<string, EndedRecord>();
  const mapRuns = new Map<string, string>();
  const tags = new Map<string, Readonly<Record<string, string>>>();
  const texts = new Map<string, string>();
  const compiled = new Map<string, CompiledDefinition>();
  let secret: string | undefined;

  const apply = (record: MetadataRecord): void => {
    switch (record.kind) {
      case "secret":
        secret = record.secret;
        return;
      case "definition":
        texts.set(record.hash, record.text);
        return;
      case "stateMachine":
        stateMachines.set(record.stateMachine.arn, record.stateMachine);
        return;
      case "stateMachineDeleted":
        stateMachines.delete(record.arn);
        tags.delete(record.arn);
        return;
      case "activity":
        activities.set(record.activity.arn, record.activity);
        return;
      case "activityDeleted":
        activities.delete(record.arn);
        tags.delete(record.arn);
        return;
      case "tags":
        tags.set(record.arn, record.tags);
        return;
      case "ended":
        ended.set(record.ended.arn, record.ended);
        return;
      case "mapRun":
        mapRuns.set(record.arn, record.executionArn);
        return;
      case "redriven":
        ended.delete(record.arn);
        return;
    }
  };
  const change = (record: MetadataRecord): void => {
    journal?.append(record);
    apply(record);
  };
  const refresh = () => journal?.readNew(apply);
  refresh();

  return {
    stateMachines,
    activities,
    ended,
    mapRuns,
    get secret() {
      return secret;
    },
    tagsOf: (arn) => tags.get(arn) ?? {},
    definitionText: (definitionHash) => texts.get(definitionHash) ?? "",
    definition(definitionHash) {
      const text = texts.get(definitionHash);
      if (text === undefined) return undefined;
      const known = compiled.get(definitionHash) ?? compileDefinition(text);
      compiled.set(definitionHash, known);
      return known.definition;
    },
    addDefinition(text) {
      const definitionHash = hash("sha256", text);
      if (!texts.has(definitionHash)) change({ kind: "definition", hash: definitionHash, text });
      return definitionHash;
    },
    change,
    refresh,
  };
}
