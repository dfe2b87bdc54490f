import { defineConfig } from 'vitest/config';

// These tests drive a real Chromium against a real (fake or true) server; one file at a time,
// because the machine that checks them is small.
export default defineConfig({
  test: {
    include: ['**/*.spec.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: ['test/flow/build.ts'],
  },
});
