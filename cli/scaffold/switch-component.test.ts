import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { copiedRepository } from '../testing/copied-repository.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { listComponentsOf, switchComponent } from './switch-component.ts';

const file = 'clusters/dev/values.yaml';
const values = `# who edits this: people
sizing: small

apps:
  backfill: # the history
    lastDays: 7
`;

async function repository(text = values): Promise<{ root: string; read: () => Promise<string> }> {
  const root = await copiedRepository({ [file]: text });
  return { root, read: async () => readFile(join(root, file), 'utf8') };
}

it('switches a component on, and leaves comments and everything else as they are', async () => {
  const { root, read } = await repository();

  expect(await switchComponent({ root }, 'dev', 'metrics-server', 'enabled', false)).toMatchObject({
    from: 'off',
    to: 'enabled',
    file,
  });
  expect(await read()).toBe(`${values}\ncomponents:\n  metrics-server: { enabled: true }\n`);
  const { values: after } = await loadEnvironment({ root }, 'dev');
  expect(after.components['metrics-server']).toMatchObject({ enabled: true, provided: false });
});

it('goes from enabled to provided and to off, so that never both are written', async () => {
  const { root } = await repository('components:\n  metrics-server: { enabled: true } # measures\n');
  const state = async (): Promise<unknown> =>
    (await loadEnvironment({ root }, 'dev')).values.components['metrics-server'];

  await switchComponent({ root }, 'dev', 'metrics-server', 'provided', false);
  expect(await state()).toMatchObject({ enabled: false, provided: true });
  await switchComponent({ root }, 'dev', 'metrics-server', 'off', false);
  expect(await state()).toMatchObject({ enabled: false, provided: false });
});

it('writes nothing in a dry run, and where nothing changes', async () => {
  const { root, read } = await repository();

  await switchComponent({ root }, 'dev', 'metrics-server', 'enabled', true);
  await switchComponent({ root }, 'dev', 'metrics-server', 'off', false);
  expect(await read()).toBe(values);
});

it('refuses to switch off what an app needs, and writes nothing', async () => {
  const text =
    'components: { metrics-server: { enabled: true } }\napps: { prediction-api: { autoscaling: { kind: hpa } } }\n';
  const { root, read } = await repository(text);

  await expect(switchComponent({ root }, 'dev', 'metrics-server', 'off', false)).rejects.toMatchObject({
    code: 'VALUES_INVALID',
    details: [{ place: { file, line: 2 } }],
  });
  expect(await read()).toBe(text);
});

it('says which component was meant', async () => {
  const { root } = await repository();

  await expect(switchComponent({ root }, 'dev', 'metric-server', 'enabled', false)).rejects.toMatchObject({
    code: 'COMPONENT_UNKNOWN',
    hint: 'Did you mean metrics-server?',
  });
});

it('lists what there is, what is on, and which apps need it', async () => {
  const { root } = await repository(
    'components: { metrics-server: { provided: true } }\napps: { prediction-api: { autoscaling: { kind: hpa } } }\n',
  );

  expect(await listComponentsOf({ root }, 'dev')).toContainEqual(
    expect.objectContaining({ name: 'metrics-server', state: 'provided', usedBy: ['prediction-api'] }),
  );
});
