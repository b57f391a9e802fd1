import { firstLine } from './fields.ts';
import { cut, markOf, type Look } from './look.ts';
import type { Branch } from './tree.ts';

/** `platform tree` for people; a message only where something is not Ready. */
export function formatTree(branches: readonly Branch[], look: Look): string {
  return branches.flatMap((branch) => linesOf(branch, '', '', look)).join('\n');
}

/**
 * @param first What stands before the branch's own line.
 * @param rest  What stands before the lines below it.
 */
function linesOf(branch: Branch, first: string, rest: string, look: Look): string[] {
  const [through, last, line] = look.unicode ? ['├─ ', '└─ ', '│  '] : ['|- ', '`- ', '|  '];
  const below = branch.children.flatMap((child, at) =>
    at === branch.children.length - 1
      ? linesOf(child, `${rest}${last}`, `${rest}   `, look)
      : linesOf(child, `${rest}${through}`, `${rest}${line}`, look),
  );
  return [`${look.colors.dim(first)}${labelOf(branch, first.length, look)}`, ...below];
}

function labelOf({ kind, name, state, message, more }: Branch, used: number, look: Look): string {
  const said = message === '' || state === 'Ready' ? '' : `: ${firstLine(message, 300)}`;
  if (more !== undefined)
    return look.colors.dim(
      cut(`${look.unicode ? '…' : '...'} ${more} more of kind ${kind}${said}`, look, used),
    );
  const mark = state === undefined ? look.colors.dim(look.unicode ? '·' : '-') : markOf(state, look);
  return `${mark} ${cut(`${kind} ${name}${said}`, look, used + 2)}`;
}
