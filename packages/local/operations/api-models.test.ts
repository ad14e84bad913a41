import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderApiModel } from "./render-api-model.ts";
import { SDK_CLIENTS } from "./sdk-clients.ts";

test.each(SDK_CLIENTS)(
  "the model of $file is that of the SDK's client (else: pnpm --filter local api-models)",
  (described) => {
    const file = join(import.meta.dirname, `../src/api-models/${described.file}.ts`);
    expect(readFileSync(file, "utf8")).toBe(renderApiModel(described));
  },
);
