import type { Clock } from './clock.ts';
import type { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

const heartbeatMs = 15_000;

/** For logs and CI: whole lines, appended, no cursor codes; a step that takes long says every 15 s that it lives. */
export function lineProgress(terminal: Terminal, clock: Clock): Progress {
  const done: { title: string; ms: number }[] = [];
  let total = 0;
  let current = 0;
  const write = (line: string): void => {
    terminal.err(`${line}\n`);
  };
  return {
    begin: (count) => {
      total = count;
      current = 0;
    },
    step: async (title, work) => {
      current += 1;
      const prefix = total > 0 ? `[${current}/${total}] ` : '';
      write(`${prefix}${title} ${terminal.unicode ? '…' : '...'}`);
      const started = clock.elapsed();
      let detail = '';
      const beat = setInterval(() => {
        write(`    still at it (${seconds(clock.elapsed() - started)})${detail ? `: ${detail}` : ''}`);
      }, heartbeatMs);
      beat.unref();
      try {
        const result = await work((text) => (detail = text));
        const ms = clock.elapsed() - started;
        done.push({ title, ms });
        write(`    ${result === 'already' ? 'already done' : 'ok'} (${seconds(ms)})`);
        return result;
      } catch (error) {
        write(`    failed after ${seconds(clock.elapsed() - started)}`);
        throw error;
      } finally {
        clearInterval(beat);
      }
    },
    note: write,
    warn: (line) => {
      write(`${terminal.unicode ? '⚠' : '!'} ${line}`);
    },
    finished: () => done,
  };
}

/** `8.1s`, `2m04s`: short enough to stand at a line's end. */
export function seconds(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
}
