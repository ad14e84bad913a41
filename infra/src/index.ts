export { defineStages, stageNamed } from "./define-stages.ts";
export type { Stage, StageDefinition } from "./stage-settings.ts";
