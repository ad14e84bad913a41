import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { renderApiModel } from "./render-api-model.ts";
import { SDK_CLIENTS } from "./sdk-clients.ts";

for (const described of SDK_CLIENTS) {
  const file = fileURLToPath(new URL(`../src/api-models/${described.file}.ts`, import.meta.url));
  writeFileSync(file, renderApiModel(described));
}
