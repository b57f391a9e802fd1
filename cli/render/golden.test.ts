import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles, listNames } from '../ports/files.ts';
import { copiedRepository } from '../testing/copied-repository.ts';
import versions from '../../versions.json' with { type: 'json' };
import { writeTree } from '../testing/temporary-tree.ts';
import { loadEnvironments } from '../values/load-environment.ts';
import { renderFiles } from './render-files.ts';

/**
 * One folder per case. `input` is laid over this repository's templates and bases (and replaces them all where it has templates/apps
 * of its own); `expected` is everything that is rendered then. `npm run golden` writes `expected` anew: read the difference.
 */
const golden = join(import.meta.dirname, 'golden');
const cases = await listNames(golden, 'directory');

const pinned = new Set(Object.values(versions));

/** Digests change with every comment in a template or a demo; what they are worth is tested elsewhere. */
function normalised(content: string): string {
  return content
    .replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:<SHA256>')
    .replaceAll(/\bdemo\.[0-9a-f]{12}"/g, 'demo.<HASH>"')
    .replaceAll(/-[0-9a-f]{10}"/g, '-<HASH>"')
    .replaceAll(/(?<=(?:version|newTag): "v?)[0-9.]+(?=")/g, (version) =>
      pinned.has(version) ? '<VERSION>' : version,
    );
}

async function readTree(folder: string): Promise<Record<string, string>> {
  const files = await listFiles(folder);
  const tree: Record<string, string> = {};
  for (const file of files) tree[file] = await readFile(join(folder, file), 'utf8');
  return tree;
}

describe('golden', () => {
  it.each(cases)('%s', async (name) => {
    const input = join(golden, name, 'input');
    const expected = join(golden, name, 'expected');
    const ownApps = (await listNames(join(input, 'templates/apps'))).length > 0;
    const root = await copiedRepository(ownApps ? { 'templates/apps': undefined, apps: undefined } : {});
    await cp(input, root, { recursive: true });

    const rendered: Record<string, string> = {};
    for (const environment of await loadEnvironments({ root })) {
      for (const { path, content } of await renderFiles({ root }, environment))
        rendered[path] = normalised(content);
    }

    if (process.env['GOLDEN'] === 'update') {
      await rm(expected, { recursive: true, force: true });
      await writeTree(expected, rendered);
    }
    expect(await readTree(expected)).toEqual(rendered);
  });
});
