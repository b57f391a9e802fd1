import { Command, Option } from 'commander';
import type { Handle } from './outcome.ts';
import { timeoutOption } from './timeout-option.ts';

interface Flags {
  readonly engine?: 'auto' | 'kind' | 'embedded' | 'existing';
  readonly timeout: number;
  readonly gitTokenStdin: boolean;
  readonly dryRun: boolean;
}

export function bootstrapCommand(handle: Handle): Command {
  return new Command('bootstrap')
    .description(
      'Create the cluster of an environment, install Flux, publish this repository, wait until all is Ready',
    )
    .argument('<environment>', 'a folder under clusters/, e.g. dev')
    .addOption(
      new Option('--engine <name>', 'where the cluster runs; by default what values.yaml says').choices([
        'auto',
        'kind',
        'embedded',
        'existing',
      ]),
    )
    .addOption(timeoutOption('10m', 'how long to wait until all is Ready'))
    .option(
      '--git-token-stdin',
      'read the token for an https:// git remote from standard input, and keep it for this environment',
      false,
    )
    .option('--dry-run', 'only print the steps', false)
    .addHelpText(
      'before',
      `Examples:
  platform bootstrap dev                      a cluster from this clone, with everything in it
  platform bootstrap prod --engine embedded   rehearse prod on this machine
`,
    )
    .action(
      handle(
        'BootstrapResult',
        async (deps, name: string, { engine: asked, timeout, gitTokenStdin, dryRun }: Flags) => {
          const { bootstrapSteps } = await import('../lifecycle/bootstrap.ts');
          const { readTokenInput } = await import('../lifecycle/git-token.ts');
          const { prepareBootstrap } = await import('../lifecycle/prepare-bootstrap.ts');
          const { summarise } = await import('./bootstrap-summary.ts');
          const { changeCluster } = await import('./change-cluster.ts');
          const started = deps.clock.elapsed();
          const token = gitTokenStdin ? await readTokenInput(deps.terminal, name) : undefined;
          return changeCluster(deps, name, dryRun, async () => {
            const { plan, warnings } = await prepareBootstrap(deps, name, asked, timeout, token);
            const result = {};
            return {
              steps: bootstrapSteps(deps, plan, result),
              tell: (changed) => ({
                ...summarise(plan, result, deps.progress.finished(), deps.clock.elapsed() - started, changed),
                warnings,
                next: [
                  `platform status ${name}`,
                  ...(plan.environment.git.remote === undefined ? [`git push ${name}`] : []),
                  `platform deploy ${name} -m "what changed"`,
                ],
              }),
            };
          });
        },
      ),
    );
}
