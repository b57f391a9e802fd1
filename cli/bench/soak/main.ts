import { parseArgs } from 'node:util';
import { withAllComponents } from '../../testing/all-components.ts';
import { noneOrMore, positive } from '../options.ts';
import { runProgram, withWorkshop } from '../workshop.ts';
import { soakPushes } from './pushes.ts';
import { soakRebuilds } from './rebuilds.ts';

await runProgram(main);

/** Prints one JSON document with all counts. @returns 1 where anything was not as it should be. */
async function main(root: string, say: (line: string) => void): Promise<number> {
  const { values } = parseArgs({
    options: {
      rebuilds: { type: 'string', default: '50' },
      pushes: { type: 'string', default: '1000' },
      components: { type: 'boolean', default: false },
    },
  });
  const [rebuilds, pushes] = [positive('rebuilds', values.rebuilds), noneOrMore('pushes', values.pushes)];
  return withWorkshop(root, async (workshop) => {
    if (values.components) await withAllComponents(await workshop.machine());
    const machine = await workshop.cluster();
    const rebuilt = await soakRebuilds(machine, rebuilds, say);
    const pushed =
      pushes === 0 ? undefined : await soakPushes(machine, await workshop.program('kubectl'), pushes, say);
    const deviations = [...rebuilt.deviations, ...(pushed?.deviations ?? [])];
    process.stdout.write(`${JSON.stringify({ rebuilds: rebuilt, pushes: pushed }, undefined, 2)}\n`);
    for (const sentence of deviations) say(`✗ ${sentence}`);
    say(deviations.length === 0 ? '✓ nothing deviated' : `✗ ${deviations.length} deviations`);
    return deviations.length === 0 ? 0 : 1;
  });
}
