import { dockerAnswers } from '../../engines/kind/docker.ts';
import { newKindMachine } from '../../testing/kind-machine.ts';
import { realRun } from '../../testing/real-tools.ts';
import { createByHand, takeKindRecipe } from '../floor/kind-by-hand.ts';
import type { Row, Sample } from '../row.ts';
import { succeed } from '../workshop.ts';

const client = 'kindbench';

/** For rows that need a daemon. */
export async function withoutDocker(): Promise<string | undefined> {
  return (await dockerAnswers(realRun())) ? undefined : 'as no Docker daemon answers';
}

const [byHand, onKind] = ['kind and kubectl by hand', 'platform bootstrap dev, on kind'];

/** From nothing to a kind cluster in which all is Ready; images of nodes, controllers and demos are there. */
export const kindBootstrap: Row = {
  name: 'kind-bootstrap',
  title: 'bootstrap dev on kind',
  goals: [{ of: onKind, to: byHand, unit: 'ratio', atMost: 1.2 }],
  runs: 3,
  skipped: withoutDocker,
  prepare: async (workshop) => {
    const machine = await newKindMachine(client);
    await succeed(machine, 'bootstrap', 'dev');
    const recipe = await takeKindRecipe(machine, client, await workshop.folder('by-hand'));
    return {
      sides: [
        {
          name: byHand,
          run: async () => {
            await succeed(machine, 'delete', 'dev', '--confirm=dev');
            return { seconds: await createByHand(recipe) };
          },
        },
        { name: onKind, run: async () => succeed(machine, 'bootstrap', 'dev') },
      ],
      dispose: async () => {
        await machine.dispose();
      },
    };
  },
};

const [fluxOnKind, fluxEmbedded] = ['Flux runs, on kind', 'Flux runs, embedded'];
const [readyOnKind, readyEmbedded] = ['all is Ready, on kind', 'all is Ready, embedded'];

/** The embedded engine against kind: until Flux's controllers run, and until all is Ready; both of one bootstrap each. */
export const kindEmbedded: Row = {
  name: 'kind-embedded',
  title: 'embedded against kind',
  goals: [
    { of: fluxEmbedded, to: fluxOnKind, unit: 'ratio', atMost: 0.25 },
    { of: readyEmbedded, to: readyOnKind, unit: 'ratio', atMost: 1 },
  ],
  runs: 3,
  skipped: withoutDocker,
  prepare: async (workshop) => {
    const machines = { kind: await newKindMachine(client), embedded: await workshop.machine() };
    const bootstraps = new Map<string, { flux: number; ready: number }>();
    const measure = async (engine: keyof typeof machines, round: number): Promise<Sample> => {
      const machine = machines[engine];
      await succeed(machine, 'delete', 'dev', '--confirm=dev');
      const { seconds, stdout } = await succeed(machine, '--json', 'bootstrap', 'dev');
      const { data } = JSON.parse(stdout) as { data: { phases: { title: string; ms: number }[] } };
      const until = data.phases.findIndex(({ title }) => title === 'install Flux');
      const flux = data.phases.slice(0, until + 1).reduce((sum, { ms }) => sum + ms, 0) / 1_000;
      bootstraps.set(`${engine} ${String(round)}`, { flux, ready: seconds });
      return { seconds: flux };
    };
    const ready = (engine: keyof typeof machines, round: number): Promise<Sample> =>
      Promise.resolve({ seconds: bootstraps.get(`${engine} ${String(round)}`)?.ready ?? Number.NaN });
    return {
      sides: [
        { name: fluxOnKind, run: async (round) => measure('kind', round) },
        { name: readyOnKind, run: async (round) => ready('kind', round) },
        { name: fluxEmbedded, run: async (round) => measure('embedded', round) },
        { name: readyEmbedded, run: async (round) => ready('embedded', round) },
      ],
      dispose: async () => {
        await machines.kind.dispose();
      },
    };
  },
};
