import { houseRules } from './house-rules.ts';
import { repositoryCodes } from './repository-secrets.ts';
import { schemaCodes } from './schemas/schema-codes.ts';

/** docs/rules.md: every code that `platform validate` can report, from the same data that it runs. */
export function documentRules(): string {
  const section = ({ code, severity, title, why }: (typeof schemaCodes)[number]): string =>
    `### ${code}\n\n${severity === 'error' ? 'Error' : 'Warning'}. ${title}\n\nWhy: ${why}\n`;
  return [
    '# What `platform validate` checks\n',
    'Generated from the rules in `cli/validate/` by `npm run update:docs`. Do not edit.\n',
    'Every folder that Flux applies is built as Flux builds it; then each object is checked. Errors make the command end with\nexit code 1; warnings do so only with `--strict`. Codes never change.\n',
    '## Schemas\n',
    ...schemaCodes.map(section),
    '## House rules\n',
    ...houseRules.map(section),
    '## Secrets in the repository\n',
    'Looked for in all files that git has or would take, built or not. See [secrets.md](secrets.md).\n',
    ...repositoryCodes.map(section),
  ].join('\n');
}
