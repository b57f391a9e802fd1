import { errorCodes } from '../errors/codes.ts';

const exitCodes: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'the answer is no: findings, drift, not ready',
  2: 'usage, or it could not be found out',
  3: 'not confirmed; nothing was done',
  4: 'something that is needed is missing',
  5: 'timed out',
  130: 'interrupted',
};

/** docs/errors.md: the closed list of exit codes and error codes. */
export function errorReference(): string {
  return `# Errors and exit codes

Every failure ends with what went wrong, why, the command that fixes it, and a code. Codes are never renamed.

| exit code | meaning |
| --- | --- |
${Object.entries(exitCodes)
  .map(([code, meaning]) => `| ${code} | ${meaning} |`)
  .join('\n')}

| code | exit | meaning |
| --- | --- | --- |
${Object.entries(errorCodes)
  .map(([code, { exit, means }]) => `| \`${code}\` | ${exit} | ${means} |`)
  .join('\n')}
`;
}
