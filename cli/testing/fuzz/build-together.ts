import { join } from 'node:path';
import { stringify } from 'yaml';
import { parseManifests } from '../../build/manifests.ts';
import type { KubeObject } from '../../ports/kube.ts';
import type { Run } from '../../ports/run.ts';
import type { RenderedFile } from '../../render/render-files.ts';
import { writeTree } from '../temporary-tree.ts';

/** One accepted input, rendered as an environment of its own. */
export interface Rendered {
  readonly name: string;
  readonly files: readonly RenderedFile[];
}

/**
 * Builds everything of many environments with one run of kustomize, for speed: each has a suffix of its own at its objects'
 * names, or they would be the same objects.
 */
export async function buildTogether(
  run: Run,
  root: string,
  cases: readonly Rendered[],
): Promise<KubeObject[]> {
  const written: Record<string, string> = {};
  for (const { name, files } of cases) {
    const overlays = files
      .filter(({ path }) => path.startsWith('apps/') && path.endsWith('/kustomization.yaml'))
      .map(({ path }) => `../../${path.slice(0, -'/kustomization.yaml'.length)}`);
    const flux = files.filter(({ path }) => path.startsWith('clusters/')).map(({ path }) => `../../${path}`);
    written[`together/${name}/kustomization.yaml`] = stringify({
      nameSuffix: `-${name}`,
      resources: [...overlays, ...flux],
    });
  }
  const resources = cases.filter(({ files }) => files.length > 0).map(({ name }) => name);
  await writeTree(root, { ...written, 'together/kustomization.yaml': stringify({ resources }) });
  const { stdout } = await run({
    tool: 'kustomize',
    args: ['build', join(root, 'together'), '--load-restrictor', 'LoadRestrictionsNone'],
    cwd: root,
    timeoutMs: 120_000,
  });
  return parseManifests(stdout);
}
