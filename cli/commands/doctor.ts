import { Command, Option } from 'commander';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import type { EngineName } from '../values/environment.ts';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform doctor                    what the engine that auto takes needs, and what is missing
  platform doctor --engine kind      the same for kind
`;

export function doctorCommand(handle: Handle): Command {
  return new Command('doctor')
    .description('Say what is missing on this machine, for which engine, and how to get it')
    .addOption(
      new Option('--engine <name>', 'decides the exit code: 4 when this engine cannot be used')
        .choices(['auto', 'kind', 'embedded', 'existing'])
        .default('auto'),
    )
    .addHelpText('before', examples)
    .action(
      handle<[{ engine: EngineName | 'auto' }]>('Diagnosis', async (deps, { engine }) => {
        const { diagnose, formatDiagnosis } = await import('../toolchain/doctor.ts');
        const { autoEngine } = await import('../engines/kind/docker.ts');
        const byAuto = engine === 'auto';
        const diagnosis = await diagnose(deps, byAuto ? await autoEngine(deps.run) : engine);
        const { unicode, outColumns } = deps.terminal;
        return {
          data: diagnosis,
          text: formatDiagnosis(diagnosis, unicode, outColumns, byAuto),
          warnings: await earlierClients(deps),
          ...(diagnosis.usable ? { next: ['platform bootstrap dev'] } : { exitCode: 4 as const }),
        };
      }),
    );
}

/** Nothing where platform.yaml is wrong or git is missing: what stops other commands is told by them. */
async function earlierClients(deps: Deps): Promise<string[]> {
  const { earlierWarnings } = await import('../lifecycle/earlier-client.ts');
  const { readPlatform } = await import('../values/load-platform.ts');
  try {
    const { platform, problems } = await readPlatform(deps.root);
    return problems.length > 0 ? [] : await earlierWarnings(deps, platform.client);
  } catch (error) {
    if (error instanceof PlatformError) return [];
    throw error;
  }
}
