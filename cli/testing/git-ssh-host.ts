import { execFileSync, spawn } from 'node:child_process';

import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { goProgram } from './go-program.ts';

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
 * There is no sshd on every machine that runs tests, so the server is 150 lines of Go on Go's own ssh library.
 *
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
  const child = spawn(await goProgram('ssh-server'), [repositories, keys, ...hostKeys], {
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
