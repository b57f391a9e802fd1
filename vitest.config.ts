import { defineConfig } from 'vitest/config';
import { LongestFirst } from './cli/testing/longest-first.ts';

// How long `expect.poll` waits for a process, a file or a server: on a busy machine of two cores, vitest's one second is too short.
const patient = { expect: { poll: { timeout: 15_000 } } };

// `unit` needs no cluster; `e2e` runs the built program: a bootstrap, and everything that must be refused. `clusters` is every other
// thing that people do with a cluster, and the page; `kind` does so in Docker. `faults` stops commands and parts of a cluster in the
// middle: a share of the matrix takes minutes, the whole of it (FAULTS=whole) half an hour.
const withClusters = {
  ...patient,
  globalSetup: ['cli/testing/prepare-tools.ts'],
  isolate: false,
  maxWorkers: 3, // a cluster uses less than one core: it waits, for Flux above all, which looks at health every 5 s
  testTimeout: 300_000,
  hookTimeout: 1_800_000,
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...patient,
          name: 'unit',
          globalSetup: ['cli/testing/prepare-tools.ts'],
          include: ['cli/**/*.test.ts'],
          exclude: ['cli/e2e/**'],
          maxWorkers: 2, // the default leaves a core of two idle
          isolate: false, // loading the modules anew for each of 200 files took a third of all processor time
          testTimeout: 30_000, // real git and kustomize on a busy machine
          env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
        },
      },
      {
        test: {
          ...withClusters,
          name: 'e2e',
          include: ['cli/e2e/*.test.ts', 'cli/e2e/bad-input/**/*.test.ts'],
        },
      },
      {
        test: {
          ...withClusters,
          name: 'clusters',
          include: ['cli/e2e/{clusters,dashboard}/**/*.test.ts'],
        },
      },
      {
        test: {
          ...patient,
          name: 'kind',
          globalSetup: ['cli/testing/prepare-tools.ts'],
          include: ['cli/e2e/kind/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
        },
      },
      {
        test: {
          ...patient,
          name: 'faults',
          globalSetup: ['cli/testing/prepare-tools.ts'],
          include: ['cli/e2e/faults/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});
