import type { Run } from './run.ts';

/** Answers each call from `script`, keyed by the whole command line; an unscripted call fails the test. */
export function scriptedRun(script: Record<string, string | Error>): Run & { readonly calls: string[] } {
  const calls: string[] = [];
  const run: Run = async ({ tool, args }) => {
    const line = [tool, ...args].join(' ');
    calls.push(line);
    const answer = script[line];
    if (answer === undefined) throw new Error(`unscripted call: ${line}`);
    if (answer instanceof Error) throw answer;
    return Promise.resolve({ stdout: answer, stderr: '', exitCode: 0 });
  };
  return Object.assign(run, { calls });
}
