import { afterEach, describe, expect, it } from 'vitest';
import { systemTerminal } from './terminal.ts';

describe('what the locale can show', () => {
  it.each([
    [{}, true],
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'de_DE.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'C.UTF-8' }, true],
    [{ LANG: 'C.UTF-8', LC_ALL: 'POSIX' }, false],
    [{ LANG: 'C.UTF-8', LC_ALL: '' }, true],
  ])('%o: unicode %s', (env, unicode) => {
    expect(systemTerminal(env, false).unicode).toBe(unicode);
  });
});

describe('colour, where neither stream is a terminal', () => {
  it.each([
    [{}, false, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, false, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '' }, false, true],
    [{ FORCE_COLOR: '1' }, true, false],
  ])('%o, --no-color %s: %s', (env, noColor, coloured) => {
    const { outColors, errColors } = systemTerminal(env, noColor);
    expect([outColors.red('x') !== 'x', errColors.red('x') !== 'x']).toEqual([coloured, coloured]);
  });
});

it('redraws nothing, asks nobody and is 80 columns wide where standard error is no terminal', () => {
  const { live, canAsk, columns } = systemTerminal({ TERM: 'xterm' }, false);

  expect([live, canAsk]).not.toContain(true);
  expect(columns).toBe(80);
});

describe('the width of the answer', () => {
  const { isTTY, columns } = process.stdout;
  afterEach(() => Object.assign(process.stdout, { isTTY, columns }));

  it.each([
    [{ isTTY: true, columns: 100 }, {}, 100],
    [{ isTTY: true, columns: 0 }, {}, undefined], // a terminal that does not tell
    [{ isTTY: true, columns: 100 }, { TERM: 'dumb' }, undefined],
    [{ isTTY: undefined, columns: undefined }, {}, undefined],
  ])('%o with %o: %s', (stream, env, width) => {
    Object.assign(process.stdout, stream);

    const terminal = systemTerminal({ CI: '', ...env }, false);

    expect(terminal.outColumns).toBe(width);
    expect(terminal.outIsTerminal).toBe(stream.isTTY === true);
  });
});
