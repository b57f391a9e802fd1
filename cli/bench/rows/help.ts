import { join } from 'node:path';
import type { Row } from '../row.ts';
import { timed } from '../timed.ts';

const [floor, subject] = ['node -e 0', 'platform --help'];

/** What every command pays before it does anything. */
export const help: Row = {
  name: 'help',
  title: 'start of the CLI',
  goals: [{ of: subject, to: floor, unit: 'ratio', atMost: 1.8 }],
  runs: 21,
  prepare: async (workshop) => {
    const { clone, env } = await workshop.machine();
    return {
      sides: [
        { name: floor, run: async () => timed('node', ['-e', '0'], { cwd: clone, env }) },
        { name: subject, run: async () => timed(join(clone, 'platform'), ['--help'], { cwd: clone, env }) },
      ],
    };
  },
};
