import { join } from 'node:path';
import { commitChange } from '../commit-change.ts';
import { startBareCluster } from '../floor/bare-cluster.ts';
import { takeRecipe } from '../floor/recipe.ts';
import type { Row } from '../row.ts';
import { timed } from '../timed.ts';

const [floor, subject] = ['git push, then annotate by kubectl', 'git push dev'];
const kustomization = ['kustomizations.kustomize.toolkit.fluxcd.io/trades', '--namespace=flux-system'];

/** From the start of `git push` until Flux has applied the commit's objects of an app that waits for nothing. */
export const push: Row = {
  name: 'push',
  title: 'git push → applied',
  goals: [
    { of: subject, to: floor, unit: 'ratio', atMost: 1.3 },
    { of: subject, unit: 's', atMost: 1 },
  ],
  runs: 15,
  prepare: async (workshop) => {
    const machine = await workshop.cluster();
    const { clone, env, home } = machine;
    const recipe = await takeRecipe(
      machine,
      await workshop.program('kubectl'),
      await workshop.folder('bare'),
    );
    const bare = await startBareCluster(recipe);
    const applied = async (kubeconfig: string, revision: string) =>
      timed(
        recipe.kubectl,
        [
          'wait',
          ...kustomization,
          '--timeout=60s',
          `--for=jsonpath={.status.lastAppliedRevision}=${revision}`,
        ],
        { env: { ...env, KUBECONFIG: kubeconfig } },
      );
    /** kubectl watches before the push begins, so that its start does not count. */
    const pushed = async (kubeconfig: string, remote: string, then?: () => Promise<unknown>) => {
      const revision = `main@sha1:${commitChange(machine)}`;
      const waiting = applied(kubeconfig, revision);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const started = performance.now();
      await timed('git', ['push', '--quiet', remote, 'HEAD:refs/heads/main'], { cwd: clone, env });
      await then?.();
      await waiting;
      return { seconds: (performance.now() - started) / 1_000 };
    };
    const annotate = async (): Promise<string> =>
      bare.kubectl(
        'annotate',
        '--overwrite',
        'gitrepository/platform',
        '--namespace=flux-system',
        `reconcile.fluxcd.io/requestedAt=${new Date().toISOString()}`,
      );
    return {
      sides: [
        {
          name: floor,
          run: async () => pushed(join(recipe.folder, 'kubeconfig'), recipe.git.repository, annotate),
        },
        { name: subject, run: async () => pushed(join(home, '.kube/config'), 'dev') },
      ],
      dispose: bare.stop,
    };
  },
};
