import { createHash } from 'node:crypto';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensurePrograms } from '../toolchain/ensure-programs.ts';
import type { Program } from '../toolchain/programs.ts';
import { toolDeps } from './real-tools.ts';

const goModule = join(import.meta.dirname, 'go');

/** A git server over ssh on 127.0.0.1, with a host key of its own. */
export interface SshHost {
  readonly port: number;
  /** `ssh://git@127.0.0.1:<port>/<name>` */
  readonly url: (name: string) => string;
  /** Lines for known_hosts; only of one type where that is named. */
  readonly knownHosts: (type?: string) => string;
  /** Lets whoever holds the private half read, or push as well. */
  readonly allow: (publicKey: string, right: 'read' | 'write') => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * There is no sshd on every machine that runs tests, so the server is 150 lines of Go on Go's own ssh library, kept in the
 * same cache as the other programs.
 */
async function serverProgram(): Promise<string> {
  const name = 'ssh-server';
  const source = readFileSync(join(goModule, name, 'main.go'));
  const program: Program = {
    name,
    version: createHash('sha256').update(source).digest('hex').slice(0, 12),
    module: 'platform.local/testing',
    package: `platform.local/testing/${name}`,
    engines: [],
    use: 'a test',
    sizeMb: 7,
    buildSeconds: 5,
  };
  const paths = await ensurePrograms({ ...toolDeps, goModule }, [name], () => undefined, {
    programs: [program],
    check: 'unless-unchanged',
  });
  return paths[name];
}

/**
 * @param repositories A folder of bare repositories.
 * @param folder       Empty: for keys.
 */
export async function startSshHost(repositories: string, folder: string): Promise<SshHost> {
  const keys = join(folder, 'keys');
  await writeFile(keys, '');
  const hostKeys = ['ecdsa', 'ed25519'].map((type) => {
    const file = join(folder, `host-${type}`);
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', file]);
    return file;
  });
  const child = spawn(await serverProgram(), [repositories, keys, ...hostKeys], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
  });
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => reject(new Error('the ssh server ended')));
    child.once('error', reject);
  });
  const port = Number(address.split(':').at(-1));
  const publicHalves = await Promise.all(hostKeys.map(async (file) => readFile(`${file}.pub`, 'utf8')));
  return {
    port,
    url: (name) => `ssh://git@127.0.0.1:${port}/${name}`,
    knownHosts: (type = '') =>
      publicHalves
        .filter((line) => line.includes(type))
        .map((line) => `[127.0.0.1]:${port} ${line.trim()}\n`)
        .join(''),
    allow: async (publicKey, right) => appendFile(keys, `${right} ${publicKey.trim()}\n`),
    close: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
    },
  };
}
