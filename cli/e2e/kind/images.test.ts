import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { documentProblems } from '../../testing/json-documents.ts';
import { docker } from '../../testing/kind-machine.ts';
import { registryProgram, startOpenRegistry, startRegistry } from '../../testing/registry.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';

// A real Docker and a real registry, and no cluster. Images are of names that nobody else has, and are removed.
let program: BuiltProgram;
const made = new Set<string>();
const env: NodeJS.ProcessEnv = {
  DOCKER_HOST: process.env['DOCKER_HOST'],
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.test',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.test',
};

beforeAll(async () => {
  await registryProgram();
  program = await builtProgram();
  const main = join(program.root, 'apps/trades/demo/main.go');
  await writeFile(main, `${await readFile(main, 'utf8')}\n// of this test alone\n`);
  await program.git('remote', 'add', 'origin', 'https://ada:secret@github.com/acme/platform.git');
  await program.run(['render']);
  await program.git('commit', '--quiet', '--all', '--message', 'Another demo');
});
afterAll(async () => {
  for (const image of made) docker('rmi', '--force', image);
  await program.dispose();
});

async function run(...args: string[]): Promise<{ data: Record<string, unknown>; error: unknown }> {
  const { stdout, stderr } = await program.run(['--json', 'image', ...args], { env });
  expect(documentProblems(stdout), `${stdout}${stderr}`).toEqual([]);
  const { data, error } = JSON.parse(stdout) as {
    data: Record<string, unknown> | null;
    error: unknown;
  };
  if (typeof data?.['image'] === 'string') made.add(data['image']);
  return { data: data ?? {}, error };
}

/** What a container says before it is stopped, with the rights that a pod has. */
function firstLines(image: string, seconds: number, ...more: string[]): string {
  const id = docker(
    'run',
    '--detach',
    '--read-only',
    '--cap-drop=ALL',
    '--env=PRODUCT_IDS=["BTC/USD"]',
    ...more,
    image,
  ).trim();
  try {
    execFileSync('sleep', [String(seconds)]);
    docker('stop', '--time=5', id);
    expect(docker('inspect', '--format={{.State.ExitCode}}', id).trim()).toBe('0');
    return docker('logs', id);
  } finally {
    docker('rm', '--force', id);
  }
}

describe('a demo', () => {
  it('is built under the name that rendering gives it, labelled, and runs as nobody with nothing to write to', async () => {
    const { data, error } = await run('build', 'trades');

    expect(error).toBeNull();
    const image = String(data['image']);
    expect(
      await readFile(join(program.root, 'apps/trades/overlays/dev/kustomization.yaml'), 'utf8'),
    ).toContain(image.split(':')[1]);
    const config = JSON.parse(docker('inspect', '--format={{json .Config}}', image)) as {
      User: string;
      Labels: Record<string, string>;
    };
    expect(config.User).toBe('10001:10001');
    expect(config.Labels).toEqual({
      'org.opencontainers.image.revision': (await program.git('rev-parse', 'HEAD')).trim(),
      'org.opencontainers.image.created': (await program.git('log', '-1', '--format=%cI')).trim(),
      'org.opencontainers.image.url': 'https://github.com/acme/platform',
      'org.opencontainers.image.title': 'trades',
      'org.opencontainers.image.description':
        'Reads trades from the exchange as they happen and writes them to Kafka.',
      'org.opencontainers.image.licenses': 'MIT',
      'org.opencontainers.image.source': 'https://github.com/acme/platform',
    });
    expect(firstLines(image, 1)).toMatch(/level=info msg=trade pair=BTC\/USD/);
  });

  it('belongs to no registry', async () => {
    expect((await run('push', 'trades')).error).toMatchObject({ code: 'IMAGE_TAG_INVALID' });
  });

  it('whose source is wrong is not built, and the compiler is quoted', async () => {
    const wrong = join(program.root, 'apps/trades/demo/wrong.go');
    await writeFile(wrong, 'package main\n\nfunc wrong() { missing() }\n');

    const { error } = await run('build', 'trades');
    await rm(wrong);

    expect(error).toMatchObject({
      code: 'IMAGE_BUILD_FAILED',
      message: expect.stringMatching(/undefined: missing/) as string,
    });
  });
});

describe('a source of your own', () => {
  it('is built, pushed, and chosen as the latest', async () => {
    const host = await startOpenRegistry();
    const context = await temporaryTree({
      Dockerfile: 'FROM scratch\nCOPY app /app\nENTRYPOINT ["/app"]\n',
      app: 'nothing that runs',
    });
    const platform = join(program.root, 'platform.yaml');
    await writeFile(platform, (await readFile(platform, 'utf8')).replace('ghcr.io/example', `${host}/team`));
    await program.git('commit', '--quiet', '--all', '--message', 'A registry');

    const built = await run('build', 'trades', '--context', context, '--tag', '0.3.0', '--pre', 'dev');
    expect(built.data['image']).toMatch(new RegExp(`^${host}/team/trades:0\\.3\\.0-dev\\.\\d{8}$`));
    expect((await run('build', 'trades', '--context', context, '--tag', '0.3.0')).error).toMatchObject({
      code: 'GIT_UNUSABLE',
      message: `${host}/team/trades:0.3.0 could not be built again: ${context} is in no git repository with a commit`,
    });
    const released = await run('build', 'trades', '--tag', '0.3.0');
    expect(released.data).toMatchObject({ image: `${host}/team/trades:0.3.0`, built: true });

    expect((await run('push', 'trades', '--tag', '0.4.0')).error).toMatchObject({ code: 'IMAGE_MISSING' });
    expect((await run('push', 'trades', '--tag', '0.3.0')).data).toMatchObject({
      pushed: true,
      digest: expect.stringMatching(/^sha256:/) as string,
    });
    expect((await run('bump', 'trades', 'stage', '--latest')).data).toMatchObject({
      to: `${host}/team/trades:0.3.0`,
    });
  });

  it('whose registry wants a password is told how to log in', async () => {
    const { data } = await run('build', 'trades', '--tag', '0.5.0');
    const { host: closed } = await startRegistry(); // whose tokens are for pulling alone
    const image = `${closed}/team/trades:0.5.0`;
    docker('tag', String(data['image']), image);
    made.add(image);
    const platform = join(program.root, 'platform.yaml');
    await writeFile(
      platform,
      (await readFile(platform, 'utf8')).replace(/registry: \S+/, `registry: ${closed}/team`),
    );

    expect((await run('push', 'trades', '--tag', '0.5.0')).error).toMatchObject({
      code: 'REGISTRY_FAILED',
      hint: `docker login ${closed}, as somebody who may push there`,
    });
  });
});
