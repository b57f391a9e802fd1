import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newMachine, type Document, type Machine } from '../testing/e2e-machine.ts';
import { processesOf } from '../testing/e2e-processes.ts';
import { findSecrets, secretsOf } from '../testing/e2e-secrets.ts';
import { clusterProcesses, processesWhen } from '../testing/fault-traces.ts';
import { listeningAddresses } from '../testing/listening-addresses.ts';

// From nothing: an empty home, a clone whose packages the launcher has to install, and no terminal.
let machine: Machine;
let first: { exitCode: number | null; document: Document; stderr: string };
const state = (): string => join(machine.home, '.local/state/platform/acme/dev');

beforeAll(async () => {
  machine = await newMachine('npm ci');
  first = await machine.json('bootstrap', 'dev', '--engine', 'embedded');
});
afterAll(async () => {
  expect(await machine.dispose()).toEqual([]);
});

describe('bootstrap on a fresh machine', () => {
  it('installs the CLI, and ends well off a terminal', () => {
    expect(first).toMatchObject({
      exitCode: 0,
      document: { kind: 'BootstrapResult', ok: true, warnings: [] },
    });
    expect(first.stderr).toContain('platform: installing what the CLI needs (npm ci)');
    expect(first.stderr).toContain('[9/9] wait until all is Ready …');
    expect(first.stderr).not.toContain('\u001b');
  });

  it('sums up where the cluster is, what of it is a stand-in, what runs, and how long each phase took', () => {
    const { data } = first.document;

    expect(data).toMatchObject({
      changed: true,
      engine: 'embedded',
      context: 'acme-dev',
      kubeconfig: join(state(), 'kubeconfig'),
      commit: machine.git('rev-parse', 'HEAD').trim(),
      objects: { GitRepository: 1, Kustomization: 7, Deployment: 2, Job: 3 },
    });
    expect(data?.['standIns']).toContainEqual(expect.stringContaining('simulated by KWOK'));
    const phases = data?.['phases'] as { title: string; ms: number }[];
    expect(phases.map(({ title }) => title)).toEqual([
      'get the outside programs',
      'check manifests and keys',
      'publish the repository',
      'start the cluster (embedded)',
      'add the context to your kubeconfig',
      'create namespaces and secrets',
      'install Flux',
      'connect Flux to the repository',
      'wait until all is Ready',
    ]);
    const [sum, total] = [phases.reduce((ms, phase) => ms + phase.ms, 0), data?.['totalMs'] as number];
    expect(sum).toBeLessThanOrEqual(total + 10);
    console.log(`bootstrap took ${total} ms: ${phases.map(({ title, ms }) => `${title} ${ms}`).join(', ')}`);
  });

  it('has made every Flux object and every workload Ready, as kubectl sees it', async () => {
    const commit = machine.git('rev-parse', 'HEAD').trim();
    const list = JSON.parse(
      await machine.kubectl('get', 'gitrepositories,kustomizations,deployments,jobs', '-A', '-o', 'json'),
    ) as { items: Seen[] };
    const ready = list.items.map(({ kind, metadata, status }) => {
      const wanted = { Deployment: 'Available', Job: 'Complete' }[kind] ?? 'Ready';
      const met = status.conditions?.some(({ type, status }) => type === wanted && status === 'True');
      return `${kind}/${metadata.name} ${met ? 'is' : 'is not'} ${wanted}`;
    });

    expect(ready.filter((line) => line.includes('is not'))).toEqual([]);
    expect(ready).toHaveLength(13);
    const applied = list.items.flatMap(({ status }) => status.lastAppliedRevision ?? []);
    expect(new Set(applied)).toEqual(new Set([`main@sha1:${commit}`]));
  });

  it('changes nothing the second time, and says so', async () => {
    const objects = async (): Promise<string> =>
      machine.kubectl(
        'get',
        'secrets,deployments,jobs,configmaps',
        '-A',
        '-o',
        'jsonpath={range .items[*]}{.metadata.uid}@{.metadata.generation}{end}',
      );
    const [before, pids] = [await objects(), await processesWhen(machine, clusterProcesses)];

    const { exitCode, stdout, stderr } = await machine.platform('bootstrap', 'dev');

    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^dev was up already; nothing was changed\.\n/) as string,
    });
    expect(stderr.match(/already done/g)).toHaveLength(9);
    expect(await objects()).toBe(before);
    expect(await processesWhen(machine, clusterProcesses)).toEqual(pids);
  });

  it('warns of what is not committed, and not rendered', async () => {
    const before = 'replicas: 1\n    logLevel: debug\n    # after';
    await machine.edit('clusters/dev/values.yaml', before, before.replace('1', '2'));

    const { exitCode, document } = await machine.json('bootstrap', 'dev');

    expect({ exitCode, warnings: document.warnings }).toEqual({
      exitCode: 0,
      warnings: [
        'not committed, so no part of what is published: clusters/dev/values.yaml',
        expect.stringMatching(
          /^apps\/prediction-api\/overlays\/dev\/\S+ is not what values and templates give.*: platform render dev$/,
        ) as string,
      ],
    });
    machine.git('restore', '.');
  });

  it.runIf(process.platform === 'linux')('lets no process listen beyond loopback', async () => {
    const processes = await processesWhen(machine, clusterProcesses);
    const listening = processes.flatMap(({ pid, args }) =>
      listeningAddresses(pid).map((address) => ({ address, program: args.split(' ')[0] })),
    );

    expect(listening.length).toBeGreaterThan(8);
    expect(listening.filter(({ address }) => address !== '0100007F')).toEqual([]);
  });

  it('keeps its state to its owner', () => {
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

    expect(mode(state())).toBe('700');
    expect(mode(join(state(), 'kubeconfig'))).toBe('600');
    expect(mode(join(machine.home, '.kube/config'))).toBe('600');
    expect(mode(join(machine.home, '.config/platform/acme/dev.agekey'))).toBe('600');
    const pki = join(state(), 'pki');
    const open = readdirSync(pki, { recursive: true, encoding: 'utf8' })
      .filter((name) => /key|token|password/.test(name) && statSync(join(pki, name)).isFile())
      .filter((name) => mode(join(pki, name)) !== '600');
    expect(open).toEqual([]);
  });

  it('shows no secret: not in what it prints, in logs, in the list of processes, or in git', async () => {
    await machine.platform('status', 'dev', '--verbose');
    const secrets = await secretsOf(machine, 'dev');
    expect(secrets.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'age identity',
        'git password',
        'token of the user',
        'database password',
      ]) as string[],
    );
    const logs = readdirSync(join(state(), 'logs')).map((name) => join(state(), 'logs', name));
    const places = {
      'what was printed': machine.said.join('\n'),
      'the list of processes': processesOf(machine.folder)
        .map(({ args }) => args)
        .join('\n'),
      'git of the clone': machine.git('log', '--all', '--patch', '--format=fuller'),
      'git of the cluster': machine.git(
        '--git-dir',
        `${state()}.keep/repository.git`,
        'log',
        '--all',
        '--patch',
      ),
      ...Object.fromEntries(
        [...logs, join(state(), 'run/events.log')].map((path) => [path, readFileSync(path, 'utf8')]),
      ),
    };

    expect(findSecrets(secrets, places)).toEqual([]);
  });
});

interface Seen {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly lastAppliedRevision?: string;
  };
}
