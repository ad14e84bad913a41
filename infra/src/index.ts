export { defineStages, type Stage, type StageDefinition, stageNamed } from "./stage-settings.ts";
export { type SynthesisOptions, synthesise } from "./synthesise.ts";
