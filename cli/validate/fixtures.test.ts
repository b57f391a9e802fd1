import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Build, BuiltKustomization } from '../build/build.ts';
import { dependencyOrder } from '../build/dependency-order.ts';
import { dependencies, fluxPath, fluxSpec, isFluxKustomization } from '../build/flux-kustomization.ts';
import { parseManifests } from '../build/manifests.ts';
import type { KubeObject } from '../ports/kube.ts';
import { repositoryRoot } from '../testing/repository-root.ts';
import { toolDeps } from '../testing/real-tools.ts';
import { pinnedSchemas } from '../toolchain/schemas.ts';
import { houseRules } from './house-rules.ts';
import { validateEnvironment } from './validate-environment.ts';

const folder = join(import.meta.dirname, 'fixtures');
const schemas = await pinnedSchemas(toolDeps);

/** Documents after a Flux Kustomization are what it applies; Flux Kustomizations, and what comes before the first, are Flux objects. */
function readBuild(text: string): Build {
  const fluxObjects: KubeObject[] = [];
  const kustomizations: (BuiltKustomization & { objects: KubeObject[] })[] = [];
  for (const object of parseManifests(text)) {
    if (isFluxKustomization(object) || kustomizations.length === 0) fluxObjects.push(object);
    else kustomizations.at(-1)?.objects.push(object);
    if (!isFluxKustomization(object)) continue;
    const { wait = false, prune = false } = fluxSpec(object);
    const { name } = object.metadata;
    kustomizations.push({
      name,
      path: fluxPath(object),
      dependsOn: dependencies(object),
      wait,
      prune,
      objects: [],
    });
  }
  return { environment: 'dev', fluxObjects, kustomizations: dependencyOrder(kustomizations) };
}

const files = (await readdir(folder)).sort();
const fixtures = await Promise.all(
  files.map(async (file) => {
    const text = await readFile(join(folder, file), 'utf8');
    return { file, text, code: /^# expect: (\w+)\n/.exec(text)?.[1] ?? 'no first line `# expect: CODE`' };
  }),
);

describe('validateEnvironment', () => {
  it.each(fixtures)('finds exactly $code in $file', async ({ text, code }) => {
    const findings = await validateEnvironment({ root: repositoryRoot, schemas }, readBuild(text));

    expect(findings.map((finding) => finding.code)).toEqual(code === 'nothing' ? [] : [code]);
    expect(findings.filter(({ hint, object }) => hint === '' || object === undefined)).toEqual([]);
  });

  it('has a fixture for every house rule', () => {
    const covered = new Set(fixtures.map(({ code }) => code));
    expect(houseRules.map(({ code }) => code).filter((code) => !covered.has(code))).toEqual([]);
  });

  it('never shows the value that looks like a secret', async () => {
    for (const { text } of fixtures.filter(({ code }) => code.startsWith('SECRET_'))) {
      const findings = await validateEnvironment({ root: repositoryRoot, schemas }, readBuild(text));
      expect(JSON.stringify(findings)).not.toMatch(/hunter2|example(?!\.org)/);
    }
  });
});
