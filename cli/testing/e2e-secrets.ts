import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Machine } from './e2e-machine.ts';

/** A value that nobody but its owner may see. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** Every secret of a cluster, also in the form that Kubernetes stores it in. */
export async function secretsOf(machine: Machine, environment: string): Promise<Secret[]> {
  const state = join(machine.home, '.local/state/platform/acme', environment);
  const agekey = readFileSync(join(machine.home, `.config/platform/acme/${environment}.agekey`), 'utf8');
  const kubeconfig = parse(readFileSync(join(state, 'kubeconfig'), 'utf8')) as {
    users: { user: { token: string } }[];
  };
  const plan = JSON.parse(readFileSync(join(state, 'run/supervisor.json'), 'utf8')) as {
    git: { password: string };
  };
  const tokens = join(state, 'pki/tokens.csv');
  const found = [
    { name: 'age identity', value: /^AGE-SECRET-KEY-1\w+$/m.exec(agekey)?.[0] ?? '' },
    { name: 'git password', value: plan.git.password },
    { name: 'token of the user', value: kubeconfig.users[0]?.user.token ?? '' },
    ...(existsSync(tokens) ? readFileSync(tokens, 'utf8').trim().split('\n') : []).map((line) => ({
      name: `token of ${line.split(',')[1] ?? ''}`,
      value: line.split(',')[0] ?? '',
    })),
    ...(await valuesInCluster(machine)),
  ];
  for (const { name, value } of found) if (value.length < 16) throw new Error(`no usable ${name} was found`);
  return found.flatMap(({ name, value }) => [
    { name, value },
    { name: `${name} in base64`, value: Buffer.from(value).toString('base64') },
  ]);
}

/** What bootstrap has generated, the database's password for one. */
async function valuesInCluster(machine: Machine): Promise<Secret[]> {
  const made = JSON.parse(
    await machine.kubectl(
      'get',
      'secrets',
      '-A',
      '-l',
      'app.kubernetes.io/managed-by=platform',
      '-o',
      'json',
    ),
  ) as { items: { metadata: { name: string }; data: Record<string, string> }[] };
  return made.items.flatMap(({ data }) =>
    Object.entries(data).map(([key, value]) => ({
      name: `database ${key}`,
      value: Buffer.from(value, 'base64').toString(),
    })),
  );
}

/** @param places Texts by what they are. @returns `<secret> is in <place>`, never the secret itself. */
export function findSecrets(secrets: readonly Secret[], places: Readonly<Record<string, string>>): string[] {
  return Object.entries(places).flatMap(([place, text]) =>
    secrets.filter(({ value }) => text.includes(value)).map(({ name }) => `${name} is in ${place}`),
  );
}
