import { defineConfig } from "vitest/config";

/** Tests of whole fleets are quick, but share the machine with everybody else's: only what hangs is ended. */
export default defineConfig({ test: { testTimeout: 600_000, hookTimeout: 600_000 } });
