import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Machine } from './e2e-machine.ts';
import { processesOf, type Process } from './e2e-processes.ts';

/** Processes of a cluster without extras: the supervisor and its parts, but for helm-controller, which has nothing to do. */
export const clusterProcesses = 8;

/**
 * The processes of a machine when there are just so many. Others end by themselves: the git server runs git for each fetch,
 * and what a killed command had started (git, go) leads a group of its own. What stays is a leak, and fails.
 */
export async function processesWhen(machine: Machine, count: number): Promise<Process[]> {
  return vi.waitFor(
    () => {
      const found = processesOf(machine.folder);
      expect(found.map(({ args }) => args)).toHaveLength(count);
      return found;
    },
    { timeout: 15_000, interval: 100 },
  );
}

const half = /\.(lock|tmp|new|deleting)$|\.tmp-|\.lock\//;

/** Files below a folder that only a command at work may have there, such as locks and files that are half-written. */
export function halfWritten(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !/\/dev\/(etcd|run\/artifacts)\/|(^|\/)node_modules\//.test(path)) // of etcd, source-controller, npm
    .filter((path) => half.test(path));
}

/** Asserts what is there when no command runs: the processes of the cluster, each once, and nothing half-done. */
export async function expectNothingLeftBehind(machine: Machine, processes: number): Promise<void> {
  await processesWhen(machine, processes);
  const state = join(machine.home, '.local/state/platform/acme');
  expect(readdirSync(state).sort()).toEqual(
    processes > 0 ? ['dev', 'dev.context.json', 'dev.keep'] : ['dev.keep'],
  );
  expect(readdirSync(join(state, 'dev.keep')), 'the journal is gone').not.toContain('journal.json');
  expect([machine.home, machine.clone].flatMap(halfWritten)).toEqual([]);
  expect(readdirSync(join(machine.folder, 'tmp')), 'temporary files').toEqual([]);
}

/** All objects that Flux says it has applied, sorted. */
export async function inventory(machine: Machine): Promise<string[]> {
  const path = '{range .items[*]}{range .status.inventory.entries[*]}{.id} {.v}{"\\n"}{end}{end}';
  const printed = await machine.kubectl('get', 'kustomizations', '-A', '-o', `jsonpath=${path}`);
  return printed.trim().split('\n').sort();
}

/** The commit that every Flux Kustomization has applied: one, where the cluster is where it should be. */
export async function appliedCommits(machine: Machine): Promise<string[]> {
  const path = '{range .items[*]}{.status.lastAppliedRevision}{"\\n"}{end}';
  const printed = await machine.kubectl('get', 'kustomizations', '-A', '-o', `jsonpath=${path}`);
  return [...new Set(printed.trim().split('\n'))].map((revision) => revision.replace(/^.*:/, ''));
}

/** A digest of each file below the folders, by path. */
export function digests(root: string, folders: readonly string[]): Record<string, string> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  );
  return Object.fromEntries(
    files
      .filter((path) => statSync(join(root, path)).isFile())
      .sort()
      .map((path) => [
        path,
        createHash('sha256')
          .update(readFileSync(join(root, path)))
          .digest('hex'),
      ]),
  );
}
