import { assetDirectory } from '../toolchain/assets.ts';
import { buildTools } from '../toolchain/build-tools.ts';
import { ensurePrograms } from '../toolchain/ensure-programs.ts';
import { lineProgress } from '../ports/progress-lines.ts';
import { systemClock } from '../ports/clock.ts';
import { systemTerminal } from '../ports/terminal.ts';
import { toolDeps } from './real-tools.ts';
import type { TestProject } from 'vitest/node';

/**
 * Gets the outside programs before the first test, so that none runs into its time-out on a machine where they have to
 * be built: for `unit` kustomize and the schemas alone, for `e2e` everything that a cluster is made of.
 */
export async function setup(project: TestProject): Promise<void> {
  const progress = lineProgress(systemTerminal(process.env, true), systemClock);
  const deps = { ...toolDeps, progress };
  if (project.name === 'kind') {
    await buildTools(deps, 'kind');
    return;
  }
  if (project.name === 'e2e' || project.name === 'faults') {
    await buildTools(deps, 'embedded');
    return;
  }
  await progress.step('get kustomize and the schemas', async (say) => {
    await ensurePrograms(deps, ['kustomize'], say, { check: 'unless-unchanged' });
    await assetDirectory(deps, 'kubernetes-openapi');
    await assetDirectory(deps, 'flux-crds');
  });
}
