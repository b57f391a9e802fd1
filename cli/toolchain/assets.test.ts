import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toolDeps } from '../testing/real-tools.ts';
import { toolMachine } from '../testing/tool-machine.ts';
import { assetDirectory, isIntact } from './assets.ts';

describe('assetDirectory', () => {
  it('takes the stages from the pinned KWOK module once, and again when a file was changed', async () => {
    const { deps } = await toolMachine();
    const real = { home: toolDeps.home, locations: { ...deps.locations, path: toolDeps.locations.path } };

    const directory = await assetDirectory(real, 'kwok-stages');
    const stage = join(directory, 'pvc-provision.yaml');
    const original = await readFile(stage, 'utf8');
    await writeFile(stage, 'changed');

    expect(await isIntact(directory)).toBe(false);
    expect(await assetDirectory(real, 'kwok-stages')).toBe(directory);
    expect(await readFile(stage, 'utf8')).toBe(original);
    expect(original).toContain('kind: Stage');
    expect(await isIntact(directory)).toBe(true);
  });

  it('takes a folder of that name from the one that the user named', async () => {
    const { deps, named } = await toolMachine();
    await mkdir(join(named, 'flux-crds'), { recursive: true });

    expect(await assetDirectory(deps, 'flux-crds')).toBe(join(named, 'flux-crds'));
  });

  it('says what to install when there is no Go to take it with', async () => {
    const { deps } = await toolMachine();

    await expect(assetDirectory(deps, 'kubernetes-openapi')).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringContaining('kubernetes-openapi must be taken from Go modules') as string,
    });
  });
});
