import { defineConfig } from 'vitest/config';

// Two suites: `unit` needs no cluster; `e2e` runs the built program against a real one and takes minutes.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          globalSetup: ['cli/testing/prepare-tools.ts'],
          include: ['cli/**/*.test.ts'],
          exclude: ['cli/e2e/**'],
          maxWorkers: 2, // the default leaves a core of two idle
          testTimeout: 30_000, // real git and kustomize on a busy machine
          env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
        },
      },
      {
        test: {
          name: 'e2e',
          globalSetup: ['cli/testing/prepare-tools.ts'],
          include: ['cli/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});
