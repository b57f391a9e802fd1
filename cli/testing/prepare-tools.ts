import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assetDirectory } from '../toolchain/assets.ts';
import { buildTools } from '../toolchain/build-tools.ts';
import { ensurePrograms } from '../toolchain/ensure-programs.ts';
import { remove } from '../ports/files.ts';
import { makeMemoryFolder } from '../ports/memory-folder.ts';
import { lineProgress } from '../ports/progress-lines.ts';
import { systemClock } from '../ports/clock.ts';
import { systemTerminal } from '../ports/terminal.ts';
import { buildOnce } from './built-once.ts';
import { kedaPrograms } from './keda-parts.ts';
import { toolDeps } from './real-tools.ts';
import type { TestProject } from 'vitest/node';

/**
 * Gets the outside programs before the first test, so that none runs into its time-out on a machine where they have to
 * be built: for `unit` kustomize and the schemas alone, for `e2e` everything that a cluster is made of. Where there is memory for
 * it, the tests' own files lie there: each e2e file makes two copies of this repository, and a disk takes seconds for that.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder =
    (await makeMemoryFolder(4 * 1024 ** 3)) ?? (await mkdtemp(join(tmpdir(), 'platform-tests-')));
  process.env['TMPDIR'] = folder; // of this process, and so of the workers that it starts
  if (project.name !== 'unit') buildOnce(join(folder, 'dist'));
  await prepare(project);
  return async () => remove(folder);
}

async function prepare(project: TestProject): Promise<void> {
  const progress = lineProgress(systemTerminal(process.env, true), systemClock);
  const deps = { ...toolDeps, progress };
  if (project.name === 'kind') {
    await buildTools(deps, 'kind');
    // Before the tests, as they would wait for both cores meanwhile.
    await progress.step('build KEDA, which a test runs in pods', kedaPrograms);
    return;
  }
  if (project.name !== 'unit') {
    await buildTools(deps, 'embedded');
    return;
  }
  await progress.step('get kustomize and the schemas', async (say) => {
    await ensurePrograms(deps, ['kustomize'], say, { check: 'unless-unchanged' });
    await assetDirectory(deps, 'kubernetes-openapi');
    await assetDirectory(deps, 'flux-crds');
  });
}
