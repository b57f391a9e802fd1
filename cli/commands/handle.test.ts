import { describe, expect, it } from 'vitest';
import { PlatformError } from '../errors/platform-error.ts';
import { recordedTerminal } from '../ports/terminal.fake.ts';
import { runAction } from './handle.ts';
import type { Outcome } from './outcome.ts';

async function run(
  outcome: Outcome | Error,
  options: { json?: boolean; verbose?: boolean } = {},
  interrupted = new AbortController().signal,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const terminal = recordedTerminal();
  const code = await runAction({ terminal, interrupted }, 'RenderResult', options, async () => {
    if (outcome instanceof Error) throw outcome;
    return Promise.resolve(outcome);
  });
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

const rendered: Outcome = {
  data: { same: 3 },
  text: '3 the same',
  warnings: ['a file is large'],
  next: ['platform validate', 'platform diff'],
};
const stale = new PlatformError('RENDER_STALE', 'a file is stale', 'platform render');

describe('for people', () => {
  it('prints the answer to standard output, warnings and what comes next to standard error', async () => {
    expect(await run(rendered)).toEqual({
      code: 0,
      stdout: '3 the same\n',
      stderr: '⚠ a file is large\n\nnext:\n  platform validate\n  platform diff\n',
    });
  });

  it('writes nothing where there is nothing to say, and no second newline after a text that has one', async () => {
    expect(await run({ data: null, text: '' })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await run({ data: null, text: 'a: b\n' })).stdout).toBe('a: b\n');
  });

  it('prints a failure to standard error only, with the exit code of its code', async () => {
    expect(await run(stale)).toEqual({
      code: 1,
      stdout: '',
      stderr: '✗ a file is stale\n→ platform render\n  code RENDER_STALE\n',
    });
  });

  it('takes an error that nobody foresaw for a bug, which could not find out', async () => {
    const { code, stderr } = await run(new TypeError('x is undefined'));

    expect(code).toBe(2);
    expect(stderr).toContain('This is a bug in platform');
  });
});

describe('with --json', () => {
  it('prints one document and nothing else', async () => {
    const { code, stdout, stderr } = await run({ ...rendered, exitCode: 1 }, { json: true });

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      apiVersion: 'platform/v1',
      kind: 'RenderResult',
      ok: false,
      data: { same: 3 },
      warnings: ['a file is large'],
      error: null,
    });
  });

  it('prints a failure as a document of the same kind, and tells people too', async () => {
    const { code, stdout, stderr } = await run(stale, { json: true });

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      apiVersion: 'platform/v1',
      kind: 'RenderResult',
      ok: false,
      data: null,
      warnings: [],
      error: { code: 'RENDER_STALE', message: 'a file is stale', hint: 'platform render' },
    });
    expect(stderr).toContain('✗ a file is stale');
  });
});

describe('when it was interrupted', () => {
  const aborted = AbortSignal.abort(new DOMException('stopped by SIGINT', 'AbortError'));

  it('says how to go on, with 130, where a wait was cut', async () => {
    const cut = Object.assign(new Error('aborted'), { name: 'AbortError' });

    const { code, stderr } = await run(cut, {}, aborted);

    expect(code).toBe(130);
    expect(stderr).toContain('Run the same command again');
    expect(stderr).toContain('code INTERRUPTED');
  });

  it('keeps a failure of its own', async () => {
    expect((await run(stale, {}, aborted)).code).toBe(1);
    expect((await run(new TypeError('x'), {}, aborted)).code).toBe(2);
  });

  it('takes an aborted request that nobody interrupted for a bug', async () => {
    const cut = Object.assign(new Error('aborted'), { name: 'AbortError' });

    expect((await run(cut)).stderr).toContain('This is a bug');
  });
});
