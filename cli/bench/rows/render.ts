import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row, Sample } from '../row.ts';
import { timed } from '../timed.ts';
import type { Workshop } from '../workshop.ts';
import { copyRendered, environmentCount, prepareMany } from './many.ts';

const floor = 'cp -r of the output';
const full = 'platform render, nothing there';
const again = 'platform render, nothing changed';
const helm = 'helm template in a loop';

/**
 * Values to files, for many environments of three apps. Each run writes where nothing was before: some file systems take much
 * longer to make files just after others were deleted, and how much longer depends on how many.
 */
export const render: Row = {
  name: 'render',
  title: `render ${environmentCount} environments × 3 apps`,
  goals: [
    { of: full, to: floor, unit: 'ratio', atMost: 4 },
    { of: again, to: full, unit: 'ratio', atMost: 0.3 },
    { of: full, unit: 'MB', atMost: 300 },
    { of: again, unit: 'MB', atMost: 300 },
  ],
  runs: 3,
  prepare: async (workshop) => {
    const first = await prepareMany(workshop, 'render');
    await first.platform(['render']);
    const output = await workshop.folder('output');
    await copyRendered(first, output);
    const copies = await workshop.folder('copies');
    const program = await workshop.program('helm');
    const withMemory = await memoryOfNode(workshop);
    return {
      sides: [
        {
          name: floor,
          run: async (round) => timed('cp', ['-r', output, join(copies, String(round))]),
        },
        {
          name: full,
          run: async (round) => {
            const fresh = await prepareMany(workshop, `render-${String(round)}`);
            return withMemory(async (env) => fresh.platform(['render'], env));
          },
        },
        { name: again, run: async () => withMemory(async (env) => first.platform(['render'], env)) },
        {
          name: helm,
          run: async () => {
            const chart = join(workshop.root, 'cli/bench/chart');
            const script = `for e in clusters/*; do "$0" template "\${e##*/}" "$1" --values "$e/values.yaml" >/dev/null || exit 1; done`;
            return timed('sh', ['-c', script, program, chart], { cwd: first.repository });
          },
        },
      ],
    };
  },
};

/** Adds the most memory that a Node process had, as it says itself at its end. */
async function memoryOfNode(
  workshop: Workshop,
): Promise<(run: (env: NodeJS.ProcessEnv) => Promise<Sample>) => Promise<Sample>> {
  const folder = await workshop.folder('memory');
  const [hook, answer] = [join(folder, 'hook.cjs'), join(folder, 'kilobytes')];
  await writeFile(
    hook,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(answer)}, String(process.resourceUsage().maxRSS)));\n`,
  );
  return async (run) => {
    const { seconds } = await run({ NODE_OPTIONS: `--require "${hook}"` });
    return { seconds: seconds ?? NaN, megabytes: (Number(await readFile(answer, 'utf8')) * 1024) / 1e6 };
  };
}
