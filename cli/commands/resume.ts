import { Command } from 'commander';
import { words } from './look.ts';
import type { Handle } from './outcome.ts';
import { timeoutOption } from './timeout-option.ts';

const examples = `Examples:
  platform resume dev trades
  platform resume dev HelmRelease/ml/reloader --timeout 2m
`;

export function resumeCommand(handle: Handle): Command {
  return new Command('resume')
    .description('Let Flux work on a suspended object again, and wait for what becomes of it')
    .argument('[environment]', words.environment)
    .argument('[object]', words.fluxObject)
    .addOption(timeoutOption('5m', 'how long to wait'))
    .addHelpText('before', examples)
    .action(
      handle<[string | undefined, string | undefined, { timeout: number }]>(
        'ResumeResult',
        async (deps, first, second, { timeout: timeoutMs }) => {
          const { targetOf } = await import('../lifecycle/act-on.ts');
          const { resumeObject } = await import('../lifecycle/reconcile-object.ts');
          const { outcomeOf } = await import('./reconcile-report.ts');
          const { environment, kube, item, by } = await targetOf(deps, 'resume', first, second);
          const { clock, interrupted } = deps;
          const { ref, uid } = item;
          const access = { kube, clock, environment };
          const acted = await resumeObject(access, { ref, uid }, { timeoutMs, interrupted, by });
          return outcomeOf(deps, environment, acted);
        },
      ),
    );
}
