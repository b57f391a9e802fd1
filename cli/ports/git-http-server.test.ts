import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveRepository } from './git-http-server.ts';
import { freePorts } from './loopback.ts';

let folder: string;
let port: number;
let close: () => Promise<void>;
const run = async (at: string, ...args: string[]): Promise<string> => {
  const quiet = ['-c', 'user.name=a', '-c', 'user.email=a@example.test', '-c', 'credential.helper='];
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' };
  return (
    await promisify(execFile)('git', [...quiet, ...args], { cwd: join(folder, at), env })
  ).stdout.trim();
};
const url = (credentials: string): string => `http://${credentials}127.0.0.1:${String(port)}/platform.git`;
const status = async (path: string, password = 'pass:word'): Promise<number> => {
  const headers = { Authorization: `Basic ${Buffer.from(`git:${password}`).toString('base64')}` };
  return (await fetch(`http://127.0.0.1:${String(port)}${path}`, { headers })).status;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'git-http-'));
  await run('.', 'init', '--bare', '-b', 'main', 'bare.git');
  await run('bare.git', 'config', 'http.receivepack', 'true'); // the server must refuse all the same
  await run('.', 'clone', 'bare.git', 'clone');
  await run('clone', 'commit', '--allow-empty', '-m', 'first');
  await run('clone', 'push', 'origin', 'HEAD:main');
  [port = 0] = await freePorts(1);
  close = await serveRepository({
    name: 'platform',
    repository: join(folder, 'bare.git'),
    username: 'git',
    password: 'pass:word',
    port,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
  });
});
afterEach(async () => close());

describe('serveRepository', () => {
  it('serves full and shallow clones to whoever has the password', async () => {
    await run('.', 'clone', url('git:pass%3Aword@'), 'full');
    await run('.', 'clone', '--depth', '1', url('git:pass%3Aword@'), 'shallow');

    expect(await run('full', 'log', '--format=%s')).toBe('first');
    expect(await run('shallow', 'log', '--format=%s')).toBe('first');
  });

  it('refuses without the password, and with a wrong one', async () => {
    await expect(run('.', 'clone', url(''), 'none')).rejects.toThrow('could not read Username');
    await expect(run('.', 'clone', url('git:wrong@'), 'none')).rejects.toThrow('Authentication failed');
  });

  it('refuses pushes, even where the repository would take them', async () => {
    await run('clone', 'commit', '--allow-empty', '-m', 'second');

    await expect(run('clone', 'push', url('git:pass%3Aword@'), 'HEAD:main')).rejects.toThrow('403');
    expect(await run('bare.git', 'log', '--format=%s', 'main')).toBe('first');
  });

  it('serves nothing but the two requests of a fetch', async () => {
    expect(await status('/platform.git/info/refs?service=git-upload-pack')).toBe(200);
    expect(await status('/platform.git/info/refs')).toBe(404);
    expect(await status('/platform.git/HEAD')).toBe(404);
    expect(await status('/other.git/info/refs?service=git-upload-pack')).toBe(404);
    expect(await status('/platform.git/../../etc/passwd')).toBe(404);
  });

  it('listens on no other address', async () => {
    const others = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
    for (const { address, family } of others.filter(
      ({ internal, family }) => !internal && family === 'IPv4',
    )) {
      const socket = connect({ host: address, port, family: family === 'IPv4' ? 4 : 6 });
      await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED');
    }
  });

  it('says when its port is taken', async () => {
    const address = { port } satisfies Partial<AddressInfo>;
    const again = serveRepository({
      name: 'x',
      repository: '',
      username: '',
      password: '',
      env: {},
      ...address,
    });

    await expect(again).rejects.toThrow('EADDRINUSE');
  });
});
