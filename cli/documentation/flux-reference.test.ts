import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { composeFlux } from '../engines/flux/compose.ts';
import { fluxControllers } from '../toolchain/flux-controllers.ts';
import { fluxNamespaceObject } from '../engines/flux/ownership.ts';
import { realRun, toolDeps } from '../testing/real-tools.ts';
import { repositoryRoot } from '../testing/repository-root.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { assetDirectory } from '../toolchain/assets.ts';
import { fluxReference } from './flux-reference.ts';

const path = join(repositoryRoot, 'docs/flux-system.md');
const start = '<!-- npm run update:docs writes what follows -->\n\n';

const compose = async (): ReturnType<typeof composeFlux> =>
  composeFlux(
    realRun(),
    {
      root: repositoryRoot,
      manifests: await assetDirectory(toolDeps, 'flux-manifests'),
      temporary: await temporaryTree({}),
    },
    { registry: 'ghcr.io/fluxcd', tags: {} },
  );

it('docs/flux-system.md lists all that Flux consists of, with its rights', async () => {
  const reference = `${fluxReference(await compose(), fluxNamespaceObject)}\n`;
  const text = await readFile(path, 'utf8');
  const wanted = `${text.split(start)[0] ?? ''}${start}${reference}`;
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(path, wanted);
  expect(wanted, 'npm run update:docs').toBe(await readFile(path, 'utf8'));
});

it('every controller meets the restricted Pod Security Standard, which its namespace enforces', async () => {
  const pods = (await compose()).filter(({ kind }) => kind === 'Deployment');
  expect(pods.map(({ metadata }) => metadata.name).sort()).toEqual([...fluxControllers].sort());
  for (const { spec } of pods) {
    const { template } = spec as { template: { spec: { containers: object[]; volumes: object[] } } };
    expect(template.spec.containers).toEqual([
      expect.objectContaining({
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      }),
    ]);
    expect(template.spec.volumes.every((volume) => 'emptyDir' in volume)).toBe(true);
  }
});
