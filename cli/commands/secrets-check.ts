import { Command } from 'commander';
import type { Handle, Outcome } from './outcome.ts';

interface Flags {
  readonly staged: boolean;
  readonly installHook: boolean;
}

const examples = `Examples:
  platform secrets check                  every environment
  platform secrets check --install-hook   let git refuse commits that hold a key or a plain secret
`;

export function checkSecretsCommand(handle: Handle): Command {
  return new Command('check')
    .description(
      'Check that each encrypted file opens with its key and that nothing secret lies in git; show who uses what',
    )
    .argument('[environment...]', 'folders under clusters/; all of them when none is named')
    .option('--staged', 'only look for keys and plain secrets in what the next commit would hold', false)
    .option('--install-hook', 'write the pre-commit hook of this clone, which runs --staged', false)
    .addHelpText('before', examples)
    .action(
      handle(
        'SecretsCheck',
        async (deps, names: string[], { staged, installHook }: Flags): Promise<Outcome> => {
          if (installHook) {
            const { installHook: install } = await import('../secrets/git-hook.ts');
            const hook = await install(deps);
            return {
              data: { environments: [], hook },
              text: `${hook} refuses keys and plain secrets from now on`,
            };
          }
          if (staged) {
            const { findRepositorySecrets } = await import('../validate/repository-secrets.ts');
            const { formatFindings } = await import('../validate/format-findings.ts');
            const findings = await findRepositorySecrets(deps, true, deps.locations.gitIndex);
            const results = [{ environment: 'staged', objectCount: 0, findings }];
            return {
              data: { environments: [], staged: findings },
              text: findings.length === 0 ? '' : formatFindings(results, deps.terminal),
              exitCode: findings.length === 0 ? 0 : 1,
            };
          }
          const { checkSecrets } = await import('../secrets/check.ts');
          const { formatCheck } = await import('../secrets/format-check.ts');
          const environments = await checkSecrets(deps, names);
          return {
            data: { environments },
            text: formatCheck(environments, deps.terminal),
            exitCode: environments.some(({ findings }) => findings.length > 0) ? 1 : 0,
          };
        },
      ),
    );
}
