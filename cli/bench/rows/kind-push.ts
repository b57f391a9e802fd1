import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newKindMachine } from '../../testing/kind-machine.ts';
import { toolDeps } from '../../testing/real-tools.ts';
import { ensurePrograms } from '../../toolchain/ensure-programs.ts';
import { asApplied } from '../floor/recipe.ts';
import type { Row } from '../row.ts';
import { timed } from '../timed.ts';
import { succeed } from '../workshop.ts';
import { withoutDocker } from './kind-bootstrap.ts';

const [floor, subject] = ['kubectl apply', 'git push dev, on kind'];
const base = 'apps/trades/base/deployment.yaml';
const label = 'bench.platform/change';
const deployment = ['deployment/trades', '--namespace=ml'];

/** From a change of a pod's template until the new pod is Ready, on kind. */
export const kindPush: Row = {
  name: 'kind-push',
  title: 'git push → new pod Ready, on kind',
  goals: [{ of: subject, to: floor, unit: 'ratio', atMost: 2 }],
  runs: 7,
  skipped: withoutDocker,
  prepare: async (workshop) => {
    const machine = await newKindMachine('kindbench');
    await succeed(machine, 'bootstrap', 'dev');
    const { kubectl: program } = await ensurePrograms(toolDeps, ['kubectl'], () => undefined);
    const { clone, home } = machine;
    const env = { ...machine.env, KUBECONFIG: join(home, '.kube/config') };
    const kubectl = async (...args: string[]): Promise<string> =>
      (await timed(program, args, { env })).stdout;
    const pristine = await readFile(join(clone, base), 'utf8');
    const folder = await workshop.folder('kind-push');

    /** kubectl watches before the change is made, so that its start does not count. */
    const until = async (value: string, change: () => Promise<unknown>): Promise<{ seconds: number }> => {
      const path = `{.spec.template.metadata.labels.${label.replaceAll('.', '\\.')}}`;
      const seen = kubectl('wait', ...deployment, '--timeout=60s', `--for=jsonpath=${path}=${value}`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const started = performance.now();
      await change();
      await seen;
      await kubectl('rollout', 'status', ...deployment, '--timeout=120s');
      return { seconds: (performance.now() - started) / 1_000 };
    };
    return {
      sides: [
        {
          name: floor,
          run: async (round) => {
            const value = `hand-${String(round)}`;
            const live = asApplied(
              JSON.parse(await kubectl('get', ...deployment, '--output=json')) as object,
            ) as { spec: { template: { metadata: { labels: Record<string, string> } } } };
            live.spec.template.metadata.labels[label] = value;
            const file = join(folder, 'deployment.json');
            await writeFile(file, JSON.stringify(live));
            const how = ['--server-side', '--force-conflicts', '--field-manager=hand'];
            return until(value, async () => kubectl('apply', ...how, `--filename=${file}`));
          },
        },
        {
          name: subject,
          run: async (round) => {
            const value = `git-${String(round)}`;
            const template = /^( {2}template:\n {4}metadata:\n {6}labels:\n)/m;
            await writeFile(join(clone, base), pristine.replace(template, `$1        ${label}: ${value}\n`));
            machine.git('commit', '--quiet', '--all', '--message', value);
            const push = ['push', '--quiet', 'dev', 'HEAD:refs/heads/main'];
            return until(value, async () => timed('git', push, { cwd: clone, env }));
          },
        },
      ],
      dispose: async () => {
        await machine.dispose();
      },
    };
  },
};
