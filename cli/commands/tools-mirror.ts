import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { thisMachine } from '../ports/machine.ts';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform tools mirror /media/stick/tools                    for machines like this one
  platform tools mirror ./tools --os linux --arch arm64       for others
`;

const use = `
There, name the folder, or the web server that serves it:
  export PLATFORM_TOOLS_MIRROR=/media/stick/tools
  export PLATFORM_TOOLS_MIRROR=https://files.example.com/tools
`;

export function toolsMirrorCommand(handle: Handle): Command {
  const here = thisMachine();
  return new Command('mirror')
    .description(
      'Fill a folder with what the programs are downloaded from, for machines that have no network',
    )
    .argument('<folder>', 'made where it is absent; gone on with where an earlier run was stopped')
    .addOption(new Option('--os <name>', "this machine's by default").choices(['linux', 'darwin']))
    .addOption(new Option('--arch <name>', "this machine's by default").choices(['amd64', 'arm64']))
    .addHelpText('before', examples)
    .addHelpText('after', use)
    .action(
      handle<[string, { os?: string; arch?: string }]>('ToolMirror', async (deps, folder, flags) => {
        const { fillMirror } = await import('../toolchain/fetch/fill-mirror.ts');
        const filled = await fillMirror(deps, resolve(folder), { ...here, ...flags });
        const { programs, unpublished, files, sizeBytes } = filled;
        const size = `${String(files)} files, ${String(Math.round(sizeBytes / 1e6))} MB`;
        return {
          data: filled,
          text: `${filled.folder} has ${programs.join(', ')} for ${filled.os}/${filled.arch} (${size})`,
          warnings:
            unpublished.length > 0
              ? [`not published for ${filled.os}, so to be built there: ${unpublished.join(', ')}`]
              : [],
          next: [`export PLATFORM_TOOLS_MIRROR=${filled.folder}`],
        };
      }),
    );
}
