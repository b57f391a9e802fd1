import { describe, expect, it } from 'vitest';
import { PlatformError } from './platform-error.ts';
import { errorDocument, presentError, type PresentStyle } from './present.ts';

const same = (text: string): string => text;
const style: PresentStyle = { red: same, dim: same, unicode: true, verbose: false };

const values = new PlatformError(
  'VALUES_INVALID',
  '2 errors in the values of dev',
  'edit clusters/dev/values.yaml',
  {
    details: [
      {
        place: { file: 'clusters/dev/values.yaml', line: 5, column: 13 },
        message: 'apps.trades.imagee is not known',
        hint: 'image',
      },
      { message: 'flux.interval is missing' },
    ],
    log: '/var/log/x.log',
    cause: new Error('outer', { cause: new Error('inner') }),
  },
);

describe('presentError', () => {
  it('says what failed, every place, the next step, the log and the code, and no stack', () => {
    expect(presentError(values, style)).toBe(`✗ 2 errors in the values of dev
    clusters/dev/values.yaml:5:13 apps.trades.imagee is not known  → image
    flux.interval is missing
→ edit clusters/dev/values.yaml
  log /var/log/x.log
  code VALUES_INVALID
`);
  });

  it('uses ASCII marks where the locale has no others', () => {
    const text = presentError(values, { ...style, unicode: false });

    expect(text).toContain('x 2 errors');
    expect(text).toContain('-> edit clusters/dev/values.yaml');
    expect(text).not.toMatch(/[^\x20-\x7e\n]/);
  });

  it('shows the chain of causes only when asked', () => {
    expect(presentError(values, style)).not.toContain('caused by');
    expect(presentError(values, { ...style, verbose: true })).toMatch(
      /caused by Error: outer[^]+caused by Error: inner/,
    );
  });

  it.each([true, false])('calls an unforeseen error a bug, with its stack (unicode: %s)', (unicode) => {
    const text = presentError(new TypeError('x is undefined'), { ...style, unicode });

    expect(text).toMatch(/This is a bug in platform/);
    expect(text).toMatch(/TypeError: x is undefined\n\s+at /);
    expect(text).toContain('Please report it with the command you ran');
    expect(text).toContain('--verbose');
    expect(text.startsWith(unicode ? '✗' : 'x')).toBe(true);
    if (!unicode) expect(text).not.toMatch(/[✗→]/);
  });

  it('presents what was thrown although it is no Error', () => {
    expect(presentError('boom', style)).toContain('boom');
  });
});

describe('errorDocument', () => {
  it('has the places as flat members and leaves out what there is not', () => {
    expect(errorDocument(values)).toEqual({
      code: 'VALUES_INVALID',
      message: '2 errors in the values of dev',
      hint: 'edit clusters/dev/values.yaml',
      details: [
        {
          message: 'apps.trades.imagee is not known',
          file: 'clusters/dev/values.yaml',
          line: 5,
          column: 13,
          hint: 'image',
        },
        { message: 'flux.interval is missing' },
      ],
      log: '/var/log/x.log',
    });
    expect(errorDocument(new PlatformError('USAGE', 'what', 'do'))).toEqual({
      code: 'USAGE',
      message: 'what',
      hint: 'do',
    });
  });

  it('gives an unforeseen error the code BUG', () => {
    expect(errorDocument(new TypeError('x'))).toMatchObject({ code: 'BUG', message: 'x' });
  });
});
