import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyProviderLock, PROVIDER_LOCK } from "./provider-lock.ts";

test("a stack has the checksums of providers that the repository keeps, and none where it keeps none", () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-lock-"));
  const [kept, stack] = [join(folder, "infra"), join(folder, "stack")];
  try {
    for (const each of [kept, stack]) mkdirSync(each);
    copyProviderLock(kept, stack);
    expect(existsSync(join(stack, PROVIDER_LOCK))).toBe(false);
    writeFileSync(join(kept, PROVIDER_LOCK), "checksums");
    writeFileSync(join(stack, PROVIDER_LOCK), "what an earlier init wrote");
    copyProviderLock(kept, stack);
    expect(readFileSync(join(stack, PROVIDER_LOCK), "utf8")).toBe("checksums");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
