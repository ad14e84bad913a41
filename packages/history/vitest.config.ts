import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Files share a worker's modules: to load the SDKs anew for each took longer than most tests.
    isolate: false,
    unstubEnvs: true,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
