import { availableParallelism } from 'node:os';
import type { Row } from '../row.ts';
import { timed } from '../timed.ts';
import { environmentCount, prepareMany } from './many.ts';

const floor = 'one kustomize process per overlay, on all cores';
const full = 'platform validate, nothing known';
const again = 'platform validate, nothing changed';
const loop = 'kustomize build in a loop';

/** All manifests built and checked, for many environments of three apps. */
export const validate: Row = {
  name: 'validate',
  title: `validate ${environmentCount} environments × 3 apps`,
  goals: [
    { of: full, to: floor, unit: 'ratio', atMost: 1.2 },
    { of: again, to: floor, unit: 'ratio', atMost: 0.2 },
  ],
  runs: 2,
  prepare: async (workshop) => {
    const many = await prepareMany(workshop, 'validate');
    const { repository } = many;
    await many.platform(['render']);
    const kustomize = await workshop.program('kustomize');
    const overlays = await timed(
      'sh',
      ['-c', 'find apps/*/overlays -name kustomization.yaml -exec dirname {} +'],
      { cwd: repository },
    );
    const buildAll = async (processes: number) =>
      timed('sh', ['-c', `xargs -n 1 -P ${processes} "$0" build >/dev/null`, kustomize], {
        cwd: repository,
        input: overlays.stdout,
      });
    return {
      sides: [
        { name: floor, run: async () => buildAll(availableParallelism()) },
        { name: full, run: async () => many.platformAnew(['validate']) },
        { name: again, run: async () => many.platform(['validate']) },
        { name: loop, run: async () => buildAll(1) },
      ],
    };
  },
};
