import { describe, expect, it } from 'vitest';
import { systemDownloads } from '../ports/downloads/downloads.ts';
import { toolMachine } from '../testing/tool-machine.ts';
import { diagnose, formatDiagnosis, type Diagnosis } from './doctor.ts';
import { programs } from './programs.ts';
import { versions } from './versions.ts';

const stateOf = ({ checks }: Diagnosis, name: string): string | undefined =>
  checks.find((check) => check.name === name)?.state;

describe('diagnose', () => {
  it('finds an engine unusable when its programs can neither be found nor built', async () => {
    const { deps } = await toolMachine();

    const diagnosis = await diagnose(deps, 'embedded');

    expect(diagnosis.usable).toBe(false);
    expect(stateOf(diagnosis, 'etcd')).toBe('missing');
    expect(stateOf(diagnosis, 'go')).toBe('missing');
    expect(stateOf(diagnosis, 'git')).toBe('missing');
    expect(stateOf(diagnosis, 'node')).toBe('ok');
  });

  it('needs no Go when every program is in the named folder', async () => {
    const { deps, script, named, path, directory } = await toolMachine();
    for (const { name, version } of programs) await script(named, name, `echo ${version}`);
    await script(directory, 'git-http-backend', ':');
    await script(
      path,
      'git',
      `[ "$1" = --exec-path ] && echo '${directory}' || echo git version ${versions.git}`,
    );

    const diagnosis = await diagnose(deps, 'embedded');

    expect(diagnosis.usable).toBe(true);
    expect(stateOf(diagnosis, 'go')).toBe('warning');
    expect(stateOf(diagnosis, 'docker')).toBe('missing'); // for kind only
  });

  it.runIf(process.platform === 'linux')('needs no Go where all can be downloaded', async () => {
    const { deps, script, path, directory } = await toolMachine();
    await script(directory, 'git-http-backend', ':');
    await script(
      path,
      'git',
      `[ "$1" = --exec-path ] && echo '${directory}' || echo git version ${versions.git}`,
    );
    const from = (mirror: string): Promise<Diagnosis> =>
      diagnose({ ...deps, downloads: systemDownloads({ PLATFORM_TOOLS_MIRROR: mirror }) }, 'embedded');

    const served = await from(directory);

    expect(served.usable, formatDiagnosis(served, false)).toBe(true);
    expect(stateOf(served, 'go')).toBe('warning');
    expect(served.checks.find(({ name }) => name === 'etcd')).toMatchObject({
      state: 'build',
      found: expect.stringMatching(/^\S+ is not here; will be downloaded \(\d+ MB\)$/) as string,
      fix: 'platform tools build',
    });
    const silent = await from('http://127.0.0.1:1');
    expect(silent.usable).toBe(false);
    expect([stateOf(silent, 'etcd'), stateOf(silent, 'go')]).toEqual(['missing', 'missing']);
  });

  it('does not quote a broken kubeconfig, which holds secrets', async () => {
    const { deps, script, directory } = await toolMachine();
    const file = await script(`${directory}/.kube`, 'config', 'users: [{token: very-secret}\n}: x');

    const diagnosis = await diagnose(deps, 'embedded');

    expect(stateOf(diagnosis, 'kubeconfig')).toBe('missing');
    expect(JSON.stringify(diagnosis)).not.toContain('very-secret');
    expect(JSON.stringify(diagnosis)).toContain(file);
  });
});

it('shows one line per check, and one way to get all that share it', () => {
  const missing = {
    state: 'missing',
    found: 'not here',
    engine: 'embedded',
    use: 'data',
    fix: 'Install Go',
  } as const;
  const text = formatDiagnosis(
    {
      engine: 'embedded',
      usable: false,
      checks: [
        { name: 'node', state: 'ok', found: '20.20.2', engine: 'all', use: 'runs this CLI' },
        { ...missing, name: 'etcd' },
        { ...missing, name: 'kwok' },
      ],
    },
    false,
  );

  expect(text).toBe(
    [
      'ok       node  every engine  runs this CLI  20.20.2',
      'missing  etcd  embedded      data           not here',
      'missing  kwok  embedded      data           not here',
      '',
      'How to get what is not there:',
      '  etcd, kwok: Install Go',
      '',
      'The engine embedded cannot be used here yet.',
    ].join('\n'),
  );
});

it('breaks lines at words where the terminal is narrow', () => {
  const use = 'builds the programs below that cannot be downloaded';
  const fix = `1.26 or newer is needed. Install Go from https://go.dev/dl/, or from a package of this system`;
  const text = formatDiagnosis(
    {
      engine: 'embedded',
      usable: false,
      checks: [{ name: 'go', state: 'missing', found: 'not on PATH', engine: 'all', use, fix }],
    },
    true,
    50,
  );

  expect(text.split('\n').slice(0, 7)).toEqual([
    '✗  go  every engine  builds the programs below',
    '                     that cannot be downloaded',
    '                     not on PATH',
    '',
    'How to get what is not there:',
    '  go: 1.26 or newer is needed. Install Go from',
    '    https://go.dev/dl/, or from a package of this',
  ]);
});
