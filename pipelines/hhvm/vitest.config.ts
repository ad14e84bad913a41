import { defineConfig } from "vitest/config";

// Scripts call muster-s3 many times, each a process of its own.
export default defineConfig({ test: { testTimeout: 60_000 } });
