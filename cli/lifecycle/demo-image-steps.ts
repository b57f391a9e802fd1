import { contextName } from '../engines/state-directory.ts';
import type { Engine } from '../engines/engine.ts';
import type { Deps } from '../ports/deps.ts';
import type { Environment } from '../values/environment.ts';
import type { Step } from './steps.ts';

/**
 * Brings the demo images of a commit to the nodes of kind, before Flux applies it: no registry has them. Other engines have
 * no such step: embedded pods run no image, and an existing cluster pulls.
 *
 * @param commit Asked when the step runs: a deploy makes it just before.
 */
export function demoImageSteps(
  deps: Deps,
  engine: Engine,
  { client, name }: Environment,
  commit: () => string,
): Step[] {
  if (engine.name !== 'kind') return [];
  const cluster = contextName({ client, environment: name });
  return [
    {
      title: 'build and load the demo images',
      run: async (say) => {
        const { ensureDemoImages } = await import('../images/demo-images.ts');
        return ensureDemoImages(deps, { environment: name, commit: commit(), cluster }, say);
      },
    },
  ];
}
