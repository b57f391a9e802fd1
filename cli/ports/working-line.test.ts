import { expect, it } from 'vitest';
import { recordedTerminal } from './terminal.fake.ts';
import { withWorkingLine } from './working-line.ts';

it('is there at once, and is erased by whatever is written first, once', () => {
  const terminal = recordedTerminal([], { live: true });

  const working = withWorkingLine(terminal, 'validate');
  expect(terminal.stderr).toBe('validate …');
  working.out('the answer\n');
  working.err('the story\n');

  expect(terminal.stdout).toBe('the answer\n');
  expect(terminal.stderr).toBe('validate …\r\u001b[2Kthe story\n');
});

it('gives way to a question', async () => {
  const terminal = recordedTerminal(['dev'], { live: true, canAsk: true });

  expect(await withWorkingLine(terminal, 'delete').ask('Name? ')).toBe('dev');

  expect(terminal.stderr).toBe('delete …\r\u001b[2KName? ');
});

it('is not there where a line cannot be redrawn', () => {
  const terminal = recordedTerminal([], { live: false });

  expect(withWorkingLine(terminal, 'validate')).toBe(terminal);

  expect(terminal.stderr).toBe('');
});
