import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Deps } from '../ports/deps.ts';
import { commitText, git, gitRun as run } from '../testing/git-repository.ts';
import { temporaryTree, writeTree } from '../testing/temporary-tree.ts';
import { recordOwner } from './cluster-owner.ts';
import { clientChanged, earlierClusters, earlierWarnings } from './earlier-client.ts';
import { keptFiles } from './kept-files.ts';

type Machine = Pick<Deps, 'root' | 'run' | 'locations'>;

/** A clone that made clusters: `acme/dev`. */
async function machine(...made: string[]): Promise<Machine> {
  const folder = await temporaryTree({});
  const [root, state] = [join(folder, 'clone'), join(folder, 'state')];
  await git(folder, 'init', '-q', root);
  await commitText(root, 'first');
  const deps = { root, run, locations: { state, config: folder } as Deps['locations'] };
  for (const cluster of made) {
    const [client = '', environment = ''] = cluster.split('/');
    await writeTree(join(state, cluster), { 'cluster.json': '{"engine": "embedded"}' });
    await recordOwner(deps, keptFiles(deps.locations, client, environment));
  }
  return deps;
}

it('finds what this clone made under other clients, of one environment or of all', async () => {
  const deps = await machine('acme/dev', 'acme/stage', 'beta/dev');

  expect(await earlierClusters(deps, 'beta', 'dev')).toEqual([{ environment: 'dev', client: 'acme' }]);
  expect(await earlierClusters(deps, 'beta')).toEqual([
    { environment: 'dev', client: 'acme' },
    { environment: 'stage', client: 'acme' },
  ]);
});

it('finds none where there is no other client, nor what was deleted', async () => {
  const deps = await machine('acme/dev');
  await recordOwner(deps, keptFiles(deps.locations, 'gone', 'dev')); // delete leaves it

  expect(await earlierClusters(deps, 'acme', 'dev')).toEqual([]);
  expect(await earlierClusters(await machine(), 'acme')).toEqual([]);
});

it('minds no cluster of another clone, another repository, or nobody', async () => {
  const { root, locations } = await machine('acme/dev');
  const other = await machine();
  await git(root, 'clone', '-q', root, join(other.root, 'clone'));
  expect(await earlierClusters({ run, root: join(other.root, 'clone'), locations }, 'beta')).toEqual([]);

  await git(root, 'checkout', '-q', '--orphan', 'anew'); // another repository in the same folder
  await commitText(root, 'another beginning');
  expect(await earlierClusters({ run, root, locations }, 'beta')).toEqual([]);

  await writeTree(join(other.locations.state, 'acme/dev'), { 'cluster.json': '{"engine": "embedded"}' });
  expect(await earlierClusters(other, 'beta')).toEqual([]);
});

it('says what there is and both ways out', async () => {
  const says = 'this clone has a cluster of dev that it made while platform.yaml named the client acme';
  const hint = 'platform delete dev --client acme, or write client: acme into platform.yaml again to keep it';

  expect(await earlierWarnings(await machine('acme/dev'), 'beta', 'dev')).toEqual([`${says}: ${hint}`]);
  expect(clientChanged({ environment: 'dev', client: 'acme' })).toMatchObject({
    code: 'CLIENT_CHANGED',
    message: says,
    hint,
  });
});
