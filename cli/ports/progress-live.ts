import type { Clock } from './clock.ts';
import type { Progress } from './progress.ts';
import { seconds } from './progress-lines.ts';
import type { Terminal } from './terminal.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const eraseLine = '\r\u001b[2K';

/** For a terminal: one line that is redrawn while a step works; finished steps stay above it. */
export function liveProgress(terminal: Terminal, clock: Clock): Progress {
  const { green, red, yellow, dim } = terminal.errColors;
  const mark = terminal.unicode ? { ok: '✔', bad: '✗', warn: '⚠' } : { ok: '+', bad: 'x', warn: '!' };
  const ellipsis = terminal.unicode ? '…' : '...';
  const done: { title: string; ms: number }[] = [];
  let redraw: (() => void) | undefined;
  const above = (line: string): void => {
    terminal.err(`${redraw ? eraseLine : ''}${line}\n`);
    redraw?.();
  };
  return {
    begin: () => undefined, // finished steps stay in view, so that a count would only be noise
    step: async (title, work) => {
      const started = clock.elapsed();
      let detail = '';
      let frame = 0;
      const draw = (): void => {
        const spin = terminal.unicode ? frames[frame % frames.length] : '-\\|/'[frame % 4];
        const time = seconds(clock.elapsed() - started);
        const cut = (text: string, room: number): string =>
          text.length <= room ? text : `${text.slice(0, Math.max(0, room - ellipsis.length))}${ellipsis}`;
        // A line that wraps cannot be erased; the terminal writes `^C` at its end.
        const room = terminal.columns - 1 - '^C'.length - '. '.length - '  '.length - time.length;
        const shown = cut(title, room);
        const left = room - shown.length - ' '.length;
        const more = detail !== '' && left >= 8 ? ` ${cut(detail, left)}` : '';
        terminal.err(`${eraseLine}${spin ?? ''} ${shown}  ${dim(time + more)}`);
      };
      redraw = draw;
      draw();
      const timer = setInterval(() => {
        frame += 1;
        draw();
      }, 100);
      const end = (line: string): void => {
        clearInterval(timer);
        redraw = undefined;
        terminal.err(`${eraseLine}${line}\n`);
      };
      try {
        const result = await work((text) => (detail = text.split('\n', 1)[0] ?? ''));
        const ms = clock.elapsed() - started;
        done.push({ title, ms });
        end(`${green(mark.ok)} ${title}  ${dim(result === 'already' ? 'already done' : seconds(ms))}`);
        return result;
      } catch (error) {
        end(`${red(mark.bad)} ${title}  ${dim(seconds(clock.elapsed() - started))}`);
        throw error;
      }
    },
    note: above,
    warn: (line) => {
      above(`${yellow(mark.warn)} ${line}`);
    },
    finished: () => done,
  };
}
