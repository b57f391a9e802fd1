import type { Terminal } from './terminal.ts';

const eraseLine = '\r\u001b[2K';

/**
 * Shows at once, on a terminal that can redraw a line, that a command works; gone as soon as something else is written,
 * so that a step, an answer or an error takes its place. Elsewhere nothing is shown.
 */
export function withWorkingLine(terminal: Terminal, text: string): Terminal {
  if (!terminal.live) return terminal;
  terminal.err(terminal.errColors.dim(`${text} ${terminal.unicode ? '…' : '...'}`));
  let shown = true;
  const clear = (): void => {
    if (shown) terminal.err(eraseLine);
    shown = false;
  };
  return {
    ...terminal,
    get columns() {
      return terminal.columns;
    },
    out: (written) => {
      clear();
      terminal.out(written);
    },
    err: (written) => {
      clear();
      terminal.err(written);
    },
    ask: async (question) => {
      clear();
      return terminal.ask(question);
    },
  };
}
