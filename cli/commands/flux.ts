import { Command } from 'commander';
import type { Handle } from './outcome.ts';

const examples = `Examples:
  platform flux check prod          what runs of Flux there, against what is pinned
  platform flux check prod --json   the same as data
`;

export function fluxCommand(handle: Handle): Command {
  return new Command('flux')
    .description('Look at Flux in a cluster')
    .addHelpText('before', examples)
    .addCommand(
      new Command('check')
        .description('Compare Flux in a cluster with the pinned version: images and definitions')
        .argument('[environment]', 'a folder under clusters/; not needed where only one has a cluster')
        .addHelpText('before', examples)
        .action(
          handle<[string | undefined, object]>('FluxCheck', async (deps, name) => {
            const { checkFlux, formatFluxCheck } = await import('../lifecycle/flux-check.ts');
            const check = await checkFlux(deps, name);
            return {
              data: check,
              text: formatFluxCheck(check),
              exitCode: check.same ? 0 : 1,
              next: check.same ? [] : [`platform upgrade flux ${check.environment}`],
            };
          }),
        ),
    );
}
