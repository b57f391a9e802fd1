import { startBareCluster } from '../floor/bare-cluster.ts';
import { takeRecipe } from '../floor/recipe.ts';
import type { Row } from '../row.ts';
import { succeed } from '../workshop.ts';

const [floor, subject] = ['a bare script', 'platform bootstrap dev'];

/** From nothing to a cluster in which all is Ready; the outside programs are there. */
export const bootstrap: Row = {
  name: 'bootstrap',
  title: 'bootstrap dev',
  goals: [{ of: subject, to: floor, unit: 'ratio', atMost: 1.25 }],
  runs: 3,
  prepare: async (workshop) => {
    const machine = await workshop.cluster();
    const recipe = await takeRecipe(
      machine,
      await workshop.program('kubectl'),
      await workshop.folder('bare'),
    );
    return {
      sides: [
        {
          name: floor,
          run: async () => {
            await succeed(machine, 'delete', 'dev', '--confirm=dev');
            const started = performance.now();
            const cluster = await startBareCluster(recipe);
            const seconds = (performance.now() - started) / 1_000;
            await cluster.stop();
            return { seconds };
          },
        },
        { name: subject, run: async () => succeed(machine, 'bootstrap', 'dev') },
      ],
    };
  },
};
