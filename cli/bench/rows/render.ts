import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row, Sample } from '../row.ts';
import { timed } from '../timed.ts';
import type { Workshop } from '../workshop.ts';
import { copyRendered, environmentCount, prepareMany } from './many.ts';

const floor = 'cp -r of the output';
const full = 'platform render, nothing there';
const again = 'platform render, nothing changed';
const helm = 'helm template in a loop';

/** Values to files, for many environments of three apps. */
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
    const many = await prepareMany(workshop, 'render');
    await many.platform(['render']);
    const output = await workshop.folder('output');
    await copyRendered(many, output);
    const copy = join(await workshop.folder('copy'), 'output');
    const program = await workshop.program('helm');
    const withMemory = await memoryOfNode(workshop);
    return {
      sides: [
        {
          name: floor,
          run: async () => {
            await rm(copy, { recursive: true, force: true });
            return timed('cp', ['-r', output, copy]);
          },
        },
        {
          name: full,
          run: async () => {
            await many.removeRendered();
            await many.forget();
            return withMemory(async (env) => many.platform(['render'], env));
          },
        },
        { name: again, run: async () => withMemory(async (env) => many.platform(['render'], env)) },
        {
          name: helm,
          run: async () => {
            const chart = join(workshop.root, 'cli/bench/chart');
            const script = `for e in clusters/*; do "$0" template "\${e##*/}" "$1" --values "$e/values.yaml" >/dev/null || exit 1; done`;
            return timed('sh', ['-c', script, program, chart], { cwd: many.repository });
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
