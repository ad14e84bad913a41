import { defineConfig } from "vitest/config";

/** Tests of whole fleets are quick, but share the machine with everybody else's. */
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000 } });
