/** Journeys through the real UI in Chromium, against `portal serve` and the real opencode. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["tests/**/*.journey.ts"],
    // Each journey starts servers of its own; two cores carry one at a time.
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 90_000,
  },
});
