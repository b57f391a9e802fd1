import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import type { Environment } from '../values/environment.ts';
import { chooseEngine } from './choose-engine.ts';
import type { EngineDeps } from './engine.ts';

const rehearse = 'Or rehearse it on this machine: platform bootstrap canary --engine embedded';

it.each([
  ['no git remote', { context: 'acme-stage' }, 'Name the repository in platform.yaml: git: {'],
  ['no context', {}, 'Write engine: existing and cluster: {'],
])('names the rehearsal where an existing cluster cannot be reached: %s', async (_, cluster, hint) => {
  const deps = { locations: { state: await temporaryTree({}) } } as unknown as EngineDeps;
  const values = { engine: 'existing', cluster };
  const canary = { client: 'acme', name: 'canary', git: {}, values } as unknown as Environment;

  const refused = chooseEngine(deps, canary);

  await expect(refused).rejects.toMatchObject({
    code: 'ENGINE_UNSUPPORTED',
    hint: expect.stringMatching(new RegExp(`^${hint}.*\\. ${rehearse}$`)) as string,
  });
});
