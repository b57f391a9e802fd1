import type { Colors } from 'picocolors/types.js';
import { formatDuration } from './duration.ts';
import { formatModel } from './format-model.ts';
import type { Look } from './look.ts';
import type { GitReport, PartReport, StatusReport } from './status-report.ts';

/** `platform status` for people. */
export function formatStatus(report: StatusReport, look: Look): string {
  const { colors } = look;
  const isThere = report.state !== 'absent'; // before that, bootstrap has not chosen an engine
  const engine = isThere ? `${report.engine} engine, ` : '';
  const lines = [
    `${colors.bold(report.environment)}  ${engine}${inColour(report.state, colors)}`,
    ...(isThere ? report.standIns : []).map((standIn) => colors.yellow(`stand-in ${standIn}`)),
    ...(report.context === undefined ? [] : [`context  ${report.context}`]),
    `git      ${report.model ? gitLine(report.git) : whereIs(report.git)}`,
    ...(report.state === 'stopped' ? [] : report.parts)
      .filter(({ state, restarts }) => (state !== 'running' && state !== 'idle') || restarts > 0)
      .map((part) => `part     ${partLine(part, look)}`),
  ];
  if (report.unreachable !== undefined) lines.push('', colors.red(report.unreachable));
  if (report.model) lines.push('', formatModel(report.model, look));
  return lines.join('\n');
}

function inColour(state: StatusReport['state'], { green, red, yellow }: Colors): string {
  const words = {
    running: green('running'),
    degraded: red('running, but not all of it'),
    stopped: yellow('stopped'),
    absent: yellow('not created'),
  };
  return words[state];
}

/** HEAD alone: what is applied is known only while the cluster answers. */
function whereIs({ head, branch }: GitReport): string {
  return `HEAD ${head.slice(0, 7)}${branch === undefined ? ' (detached)' : ` (${branch})`}`;
}

function gitLine(git: GitReport): string {
  const { head, uncommitted, published, applied, ahead, behind } = git;
  const where = whereIs(git);
  const edits = uncommitted === 0 ? '' : `; ${count(uncommitted, 'uncommitted path')}`;
  if (applied === undefined) return `${where}, nothing is applied yet${edits}`;
  const short = applied.slice(0, 7);
  if (applied === head) return `${where} is applied${edits}`;
  if (ahead === undefined || behind === undefined)
    return `${where}; ${short} is applied, which this clone does not have${edits}`;
  const distance = [
    ...(ahead > 0 ? [`${count(ahead, 'commit')} ahead of`] : []),
    ...(behind > 0 ? [`${count(behind, 'commit')} behind`] : []),
  ];
  const pushed = ahead > 0 && published === head ? ', and was pushed' : '';
  return `${where} is ${distance.join(' and ')} what is applied (${short})${pushed}${edits}`;
}

function partLine({ name, state, restarts, lastExit, log }: PartReport, { colors, now }: Look): string {
  const began = Date.parse(lastExit?.at ?? '');
  const ago = Number.isNaN(began) ? '' : ` ${formatDuration(now - began)} ago`;
  const how = lastExit ? `, last end: ${lastExit.reason}${ago}` : '';
  const again = restarts === 0 ? '' : `, started again ${count(restarts, 'time')}`;
  return `${name} is ${state === 'running' ? state : colors.red(state)}${again}${how}  ${colors.dim(log)}`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
