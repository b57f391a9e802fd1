import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newMachine, withoutBackfill, type Machine, type Ran } from './e2e-machine.ts';
import { startHttpsHost, type HttpsHost } from './git-https-host.ts';
import { startSshHost, type SshHost } from './git-ssh-host.ts';

/** A person's machine, and two hosts of one empty repository, `shop.git`, which only that person can push to so far. */
export interface HostedMachine {
  readonly machine: Machine;
  readonly https: HttpsHost;
  readonly ssh: SshHost;
  /** What the https host accepts from now on, of the user `ada`; Ada's own git knows it at once, Flux does not. */
  readonly acceptToken: (token: string) => void;
  /** As `machine.git`, for what talks to the hosts: does not block this process, which is one of them. */
  readonly gitOverNetwork: (...args: string[]) => Promise<string>;
  /** Runs `./platform` with something on standard input. */
  readonly withInput: (
    input: string,
    ...args: string[]
  ) => Promise<Pick<Ran, 'exitCode' | 'stdout' | 'stderr'>>;
  /** Everything that `withInput` has printed so far. */
  readonly printed: readonly string[];
  /** Makes platform.yaml name a remote by these lines of its `git`, and commits that. */
  readonly follow: (...lines: string[]) => Promise<void>;
  /** As that of the machine. */
  readonly dispose: () => Promise<string[]>;
}

/** Random: a literal one would be in git of the clone, with the test that has it. */
export function newToken(): string {
  return `glpat-${randomBytes(18).toString('base64')}`;
}

/** @param address Where the https host listens. */
export async function hostedMachine(address = '127.0.0.1'): Promise<HostedMachine> {
  const machine = await newMachine();
  await withoutBackfill(machine);
  const { clone, env, folder } = machine;
  const [repositories, keys] = [join(folder, 'hosted'), join(folder, 'ssh host')];
  for (const path of [repositories, keys, join(machine.home, '.ssh')]) mkdirSync(path);
  machine.git('init', '--quiet', '--bare', '--initial-branch=main', join(repositories, 'shop.git'));
  const [https, ssh] = await Promise.all([
    startHttpsHost(repositories, address),
    startSshHost(repositories, keys),
  ]);
  const store = join(folder, 'store');
  await giveAccess(machine, { https, ssh, keys, store });
  const printed: string[] = [];
  return {
    machine,
    https,
    ssh,
    printed,
    acceptToken: (token) => {
      https.accept('ada', token);
      writeFileSync(store, `${https.url('').replace('//', `//ada:${encodeURIComponent(token)}@`)}\n`);
    },
    gitOverNetwork: async (...args) => (await promisify(execFile)('git', args, { cwd: clone, env })).stdout,
    withInput: async (input, ...args) => {
      const child = spawn(join(clone, 'platform'), args, { cwd: clone, env });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
      child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
      child.stdin.end(input);
      const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
      printed.push(stdout, stderr);
      return { exitCode, stdout, stderr };
    },
    follow: async (...lines) => {
      const text = readFileSync(join(clone, 'platform.yaml'), 'utf8');
      const git = `git:\n${['branch: main', ...lines].map((line) => `  ${line}\n`).join('')}\n`;
      await machine.write('platform.yaml', text.replace(/^git:\n(?: .*\n)+\n/m, git));
      machine.git('add', '--all');
      machine.git('commit', '--message', 'Name the remote');
    },
    dispose: async () => {
      await Promise.all([https.close(), ssh.close()]);
      return machine.dispose();
    },
  };
}

/** How the person reaches the two hosts, by settings of the clone; none of it may help Flux. */
async function giveAccess(
  machine: Machine,
  { https, ssh, keys, store }: { https: HttpsHost; ssh: SshHost; keys: string; store: string },
): Promise<void> {
  const [key, hosts, ca] = [join(keys, 'ada'), join(keys, 'known hosts'), join(keys, 'ca.pem')];
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  await ssh.allow(readFileSync(`${key}.pub`, 'utf8'), 'write');
  writeFileSync(hosts, ssh.knownHosts());
  writeFileSync(ca, https.ca);
  const options = `-i '${key}' -o IdentitiesOnly=yes -o UserKnownHostsFile='"${hosts}"'`;
  machine.git('config', 'core.sshCommand', `ssh -F /dev/null ${options}`);
  machine.git('config', 'http.sslCAInfo', ca);
  machine.git('config', 'credential.helper', `store --file='${store}'`);
}
