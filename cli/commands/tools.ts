import { Command, Option } from 'commander';
import type { EngineName } from '../values/environment.ts';
import type { Handle } from './outcome.ts';
import { toolsMirrorCommand } from './tools-mirror.ts';

const examples = `Examples:
  platform tools           where each outside program comes from
  platform tools build     get now what would be downloaded or built when first needed
`;

export function toolsCommand(handle: Handle): Command {
  return new Command('tools')
    .description('Show the outside programs: version, where each comes from, path')
    .addHelpText('before', examples)
    .action(
      handle<[object]>('ToolList', async (deps) => {
        const { listTools, formatTools } = await import('../toolchain/list-tools.ts');
        const rows = await listTools(deps);
        const incomplete = rows.some(({ source }) => source === 'build');
        return {
          data: { tools: rows },
          text: formatTools(rows, deps.terminal.outColumns),
          ...(incomplete ? { next: ['platform tools build'] } : {}),
        };
      }),
    )
    .addCommand(buildCommand(handle))
    .addCommand(toolsMirrorCommand(handle));
}

function buildCommand(handle: Handle): Command {
  return new Command('build')
    .description(
      'Get the programs that are nowhere (download, else build), and the files that come with them',
    )
    .addHelpText(
      'before',
      `Examples:
  platform tools build                 everything that the embedded engine needs
  platform tools build --engine kind   only what kind needs
`,
    )
    .addOption(
      new Option('--engine <name>', 'the engine to get them for')
        .choices(['kind', 'embedded', 'existing'])
        .default('embedded'),
    )
    .action(
      handle<[{ engine: EngineName }]>('ToolBuild', async (deps, { engine }) => {
        const { buildTools } = await import('../toolchain/build-tools.ts');
        const built = await buildTools(deps, engine);
        const text = built.programs.map(({ name, path }) => `${name}  ${path}`).join('\n');
        return { data: built, text };
      }),
    );
}
