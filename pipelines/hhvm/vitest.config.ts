import { defineConfig } from "vitest/config";

// Scripts call muster-s3 many times, on a machine that may be busy: only what hangs is ended.
export default defineConfig({ test: { testTimeout: 600_000, hookTimeout: 600_000 } });
