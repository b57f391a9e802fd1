import { Command } from 'commander';
import { PlatformError } from '../errors/platform-error.ts';
import { words } from './look.ts';
import type { Handle } from './outcome.ts';
import { timeoutOption } from './timeout-option.ts';

interface Flags {
  readonly withSource: boolean;
  readonly reset: boolean;
  readonly timeout: number;
}

const examples = `Examples:
  platform reconcile dev trades                 now, instead of at the next interval
  platform reconcile dev trades --with-source   after its repository was fetched
`;

export function reconcileCommand(handle: Handle): Command {
  return new Command('reconcile')
    .description('Ask Flux to work on an object now, and wait for what becomes of it')
    .argument('[environment]', words.environment)
    .argument('[object]', words.fluxObject)
    .option('--with-source', 'first fetch what it is made from', false)
    .option('--reset', 'of a HelmRelease: forget its failures, so that it has retries again', false)
    .addOption(timeoutOption('5m', 'how long to wait, in all'))
    .addHelpText('before', examples)
    .action(
      handle<[string | undefined, string | undefined, Flags]>(
        'ReconcileResult',
        async (deps, first, second, { withSource, reset, timeout: timeoutMs }) => {
          const { targetOf } = await import('../lifecycle/act-on.ts');
          const { reconcileObjects, withSources } = await import('../lifecycle/reconcile-object.ts');
          const { outcomeOf } = await import('./reconcile-report.ts');
          const { environment, kube, model, item, by } = await targetOf(deps, 'reconcile', first, second);
          if (reset && item.ref.kind !== 'HelmRelease')
            throw new PlatformError(
              'USAGE',
              `${item.id} counts no failures: only a HelmRelease has a --reset`,
              `platform reconcile ${environment} ${item.id}`,
            );
          const { clock, interrupted } = deps;
          const items = (withSource ? withSources(model, item) : [item]).map(({ ref, uid }) => ({
            ref,
            uid,
          }));
          const access = { kube, clock, environment };
          const acted = await reconcileObjects(access, items, { timeoutMs, interrupted, by, reset });
          return outcomeOf(deps, environment, acted);
        },
      ),
    );
}
