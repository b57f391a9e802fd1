import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOf } from '../memory-of.ts';
import type { Row } from '../row.ts';
import { clusterProcesses } from '../cluster-processes.ts';

const [proportional, own, resident] = [
  'all processes, shared pages counted once',
  'of that, without files',
  'all processes, resident',
];

/** What the embedded cluster takes, with the default graph, some time after all was Ready. */
export const memory: Row = {
  name: 'memory',
  title: 'memory of the embedded cluster',
  goals: [{ of: proportional, unit: 'MB', atMost: 800 }],
  runs: 5,
  prepare: async (workshop) => {
    const machine = await workshop.cluster();
    const processes = await clusterProcesses(machine);
    const side = (name: string, what: 'own' | 'pss' | 'rss') => ({
      name,
      run: async () => {
        await sleep(3_000);
        const taken = await Promise.all(processes.map(async ({ pid }) => memoryOf(pid, what)));
        return { megabytes: taken.reduce((sum, one) => sum + one, 0) };
      },
    });
    return { sides: [side(proportional, 'pss'), side(own, 'own'), side(resident, 'rss')] };
  },
};
