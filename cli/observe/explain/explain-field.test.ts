import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ObjectRef } from '../../ports/kube.ts';
import { copyFolder } from '../../ports/side-folder.ts';
import { realRun, toolDeps } from '../../testing/real-tools.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { changeTree } from '../../testing/copied-repository.ts';
import { explainField, type FieldInGit } from './explain-field.ts';

const run = realRun();

/** This repository's own platform with two commits: everything, and then the log level of the API by somebody else. */
async function ownRepository(more: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = await temporaryTree({
    'platform.yaml': await readFile(join(toolDeps.home, 'platform.yaml'), 'utf8'),
  });
  for (const folder of ['templates', 'apps', 'clusters', 'infrastructure'])
    await copyFolder(join(toolDeps.home, folder), join(root, folder));
  const commit = async (author: string, message: string): Promise<void> => {
    const identity = ['-c', `user.name=${author}`, '-c', 'user.email=t@example.org'];
    await run({ tool: 'git', args: ['-C', root, 'add', '--all'], timeoutMs: 10_000 });
    const args = ['-C', root, ...identity, 'commit', '--quiet', '--message', message];
    await run({ tool: 'git', args, timeoutMs: 10_000 });
  };
  await run({ tool: 'git', args: ['-C', root, 'init', '--quiet'], timeoutMs: 10_000 });
  await commit('first author', 'Everything');
  const values = await readFile(join(root, 'clusters/dev/values.yaml'), 'utf8');
  await changeTree(root, {
    'clusters/dev/values.yaml': values.replace(
      'sizing: small',
      '# Small enough for a laptop.\nsizing: small',
    ),
    ...more,
  });
  await commit('second author', 'Say why it is small');
  return root;
}

const deployment: ObjectRef = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'ml',
  name: 'prediction-api',
};
const config: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ml', name: 'prediction-api' };

async function explain(
  ref: ObjectRef,
  path: string | undefined,
  kustomization: 'prediction-api' | 'root' = 'prediction-api',
  more: Readonly<Record<string, string>> = {},
): Promise<FieldInGit> {
  const root = await ownRepository(more);
  const applier = kustomization === 'root' ? undefined : kustomization;
  return explainField({ root, run }, 'HEAD', { environment: 'dev', applier, ref, path });
}

/** Line and column of a text in a file of this repository, moved by the line that the test put in. */
async function placeIn(file: string, text: string, after = 0, moved = 0): Promise<string> {
  const lines = (await readFile(join(toolDeps.home, file), 'utf8')).split('\n');
  const at = lines.findIndex((line, index) => index >= after && line.includes(text));
  return `${file}:${at + 1 + moved}`;
}

describe('explainField', { timeout: 120_000 }, () => {
  it('goes back to the line of values, and to who wrote it', async () => {
    const { folder, field, origins } = await explain(config, 'data.RUST_LOG');

    expect({ folder, value: field?.value }).toEqual({
      folder: 'apps/prediction-api/overlays/dev',
      value: 'debug',
    });
    expect(origins).toMatchObject([
      {
        file: 'apps/prediction-api/overlays/dev/config.yaml',
        text: 'RUST_LOG: "debug"',
        rendered: true,
        template: { text: 'RUST_LOG: #{ app.logLevel | dump }#' },
        values: [{ key: 'apps.prediction-api.logLevel', value: 'debug', from: 'written' }],
        blame: { author: 'first author', subject: 'Everything' },
      },
    ]);
    const [origin] = origins;
    const values = origin?.values[0]?.place;
    const api = (await readFile(join(toolDeps.home, 'clusters/dev/values.yaml'), 'utf8'))
      .split('\n')
      .findIndex((line) => line.includes('prediction-api:'));
    expect(`${values?.file ?? ''}:${values?.line ?? 0}`).toBe(
      await placeIn('clusters/dev/values.yaml', 'logLevel:', api, 1),
    );
    expect(`${origin?.template?.file ?? ''}:${origin?.template?.line ?? 0}`).toBe(
      await placeIn('templates/apps/prediction-api/overlays/config.yaml.njk', 'RUST_LOG'),
    );
  });

  it('names the schema for what nobody wrote', async () => {
    const { origins } = await explain(config, 'data.DATABASE_NAME');

    expect(origins[0]?.values).toMatchObject([
      {
        key: 'apps.prediction-api.database.name',
        value: 'predictions',
        from: 'default',
        place: { file: 'templates/apps/prediction-api/values.schema.json' },
      },
    ]);
  });

  it('names the base for what is the same everywhere', async () => {
    const { origins } = await explain(
      deployment,
      'spec.template.spec.containers[prediction-api].livenessProbe.periodSeconds',
    );

    expect(origins).toMatchObject([
      {
        file: 'apps/prediction-api/base/deployment.yaml',
        text: 'periodSeconds: 10',
        rendered: false,
        values: [],
      },
    ]);
  });

  it('finds both halves of an image', async () => {
    const { origins } = await explain(deployment, 'spec.template.spec.containers[0].image');

    expect(origins.map(({ template }) => template?.text)).toEqual([
      'newName: #{ app.image.repository | dump }#',
      'newTag: #{ app.image.tag | dump }#',
    ]);
    expect(origins[1]?.values).toMatchObject([{ key: 'apps.prediction-api.image.tag', from: 'computed' }]);
  });

  it('explains the Flux objects themselves', async () => {
    const flux = {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      namespace: 'flux-system',
    };

    const { origins } = await explain({ ...flux, name: 'trades' }, 'spec.interval', 'root');

    expect(origins).toMatchObject([
      { file: 'clusters/dev/flux/trades.yaml', values: [{ key: 'flux.interval', from: 'default' }] },
    ]);
  });

  it('finds what a patch in the Kustomization of Flux lays over the folder', async () => {
    const file = 'clusters/dev/flux/prediction-api.yaml';
    const patches = `  patches:
    - target: { kind: Deployment }
      patch: |
        - op: add
          path: /spec/minReadySeconds
          value: 77
`;
    const written = await readFile(join(toolDeps.home, file), 'utf8');

    const { origins } = await explain(deployment, 'spec.minReadySeconds', 'prediction-api', {
      [file]: written + patches,
    });

    expect(origins).toMatchObject([{ file, text: 'value: 77', blame: { author: 'second author' } }]);
  });

  it('lists what there is where no field was named, and tells nothing of a field that git does not set', async () => {
    const { fields } = await explain(config, undefined);

    expect(fields).toContain('data.RUST_LOG');
    expect(await explain(deployment, 'status.replicas')).toMatchObject({ field: undefined, origins: [] });
  });

  it('wants one field at a time', async () => {
    await expect(explain(config, 'data')).rejects.toMatchObject({
      code: 'FIELD_UNKNOWN',
      hint: "platform explain dev ConfigMap/ml/prediction-api 'data.DATABASE_HOST'",
    });
  });
});
