import type { Row } from '../row.ts';
import { succeed } from '../workshop.ts';

const [floor, subject] = ['platform bootstrap dev', 'platform nuke-and-rebuild dev'];

/** Inventory, destruction, rebuild and comparison, against the rebuild alone. */
export const nukeAndRebuild: Row = {
  name: 'nuke-and-rebuild',
  title: 'nuke-and-rebuild',
  goals: [{ of: subject, to: floor, unit: 'ratio', atMost: 1.3 }],
  runs: 3,
  prepare: async (workshop) => {
    const machine = await workshop.machine();
    return {
      sides: [
        {
          name: floor,
          run: async () => {
            await succeed(machine, 'delete', 'dev', '--confirm=dev');
            return succeed(machine, 'bootstrap', 'dev');
          },
        },
        { name: subject, run: async () => succeed(machine, 'nuke-and-rebuild', 'dev', '--confirm=dev') },
      ],
    };
  },
};
