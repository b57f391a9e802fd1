import { Command } from 'commander';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform matrix         the values in which environments differ
  platform matrix --all   every value
`;

export function matrixCommand(handle: Handle): Command {
  return new Command('matrix')
    .description(
      'Show the values of all environments side by side; fails where the two that `compare` of platform.yaml names differ in another way than it says',
    )
    .option('--all', 'also the values that are the same everywhere', false)
    .addHelpText('before', examples)
    .action(
      handle('Matrix', async (deps, { all }: { all: boolean }) => {
        const { readMatrix } = await import('../values/matrix.ts');
        const { formatMatrix } = await import('../values/format-matrix.ts');
        const matrix = await readMatrix(deps);
        return {
          data: matrix,
          text: formatMatrix(matrix, all, deps.terminal),
          exitCode: matrix.findings.length === 0 ? 0 : 1,
        };
      }),
    );
}
