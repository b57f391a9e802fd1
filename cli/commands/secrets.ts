import { Command } from 'commander';
import type { Handle } from './outcome.ts';
import { checkSecretsCommand } from './secrets-check.ts';
import { editSecretCommand } from './secrets-edit.ts';
import { initSecretsCommand } from './secrets-init.ts';
import { rotateSecretsCommand } from './secrets-rotate.ts';
import { setSecretCommand } from './secrets-set.ts';
import { viewSecretsCommand } from './secrets-view.ts';

const examples = `Examples:
  platform secrets set dev prediction-api-database password < password.txt   encrypt it into git
  platform secrets check                                                     everything opens, nothing leaks
`;

export function secretsCommand(handle: Handle): Command {
  return new Command('secrets')
    .description('Secrets in git, encrypted with SOPS and age: one key per environment')
    .addHelpText('before', examples)
    .addCommand(initSecretsCommand(handle))
    .addCommand(setSecretCommand(handle))
    .addCommand(editSecretCommand(handle))
    .addCommand(viewSecretsCommand(handle))
    .addCommand(rotateSecretsCommand(handle))
    .addCommand(checkSecretsCommand(handle));
}
