import { isAtWork, type Culprit, type WhyReport } from './culprits.ts';
import { firstLine } from './fields.ts';
import { cut, markOf, type Look } from './look.ts';
import type { Model, State } from './model.ts';
import { shortId } from './why/explain.ts';

/** `platform why` for people: of one object every link of the chain, of all one entry per culprit. */
export function formatWhy({ object, culprits, notes }: WhyReport, model: Model, look: Look): string {
  const remarks = notes.map((note) => look.colors.yellow(`note: ${note}`));
  const [first] = culprits;
  if (!first) {
    const calm = object ? calmText(object, look) : nothingWrong(model, look);
    return [calm, ...remarks].join('\n');
  }
  const told = object ? chainLines(first, model, look) : culprits.flatMap((each) => culpritLines(each, look));
  return [...(told[0] === '' ? told.slice(1) : told), ...remarks].join('\n');
}

function calmText({ id, state, message }: NonNullable<WhyReport['object']>, look: Look): string {
  if (state === undefined) return `${id} is applied; objects of its kind say nothing of their health`;
  const said = message === '' ? '' : `: ${firstLine(message)}`;
  return `${markOf(state, look)} ${id} is ${state}${said}`;
}

function nothingWrong({ items }: Model, look: Look): string {
  if (items.length === 0) return 'Flux has nothing to apply here yet.';
  return `${markOf('Ready', look)} Everything is Ready: ${items.length} ${items.length === 1 ? 'object' : 'objects'}`;
}

/**
 * A blank line, the story, what else the culprit holds up, and what to do: nothing where it is only at work, unless
 * somebody asks about that very object.
 */
export function culpritLines({ cause, holdsUp }: Culprit, look: Look, isAsked = false): string[] {
  const { sentence, chain, next } = cause;
  const atWork = isAtWork(cause);
  const besides = holdsUp.filter((id) => !chain.includes(id)).map(shortId);
  return [
    '',
    `${markOf(atWork ? 'Reconciling' : 'Failed', look)} ${sentence}`,
    ...(besides.length === 0 ? [] : [`  holds up as well: ${besides.join(', ')}`]),
    ...(atWork && !isAsked ? [] : [`  ${look.unicode ? '→' : '->'} ${next}`]),
  ];
}

function chainLines(culprit: Culprit, model: Model, look: Look): string[] {
  const states = new Map<string, { state?: State; message?: string }>();
  for (const object of [...model.parts, ...model.items]) states.set(object.id, object);
  const { chain } = culprit.cause;
  const width = Math.max(...chain.map((id) => id.length));
  const links = chain.map((id) => {
    const { state = 'Unknown', message = 'not in the cluster' } = states.get(id) ?? {};
    const text = `${id.padEnd(width)}  ${state.padEnd(11)}  ${firstLine(message, 300)}`.trimEnd();
    return `  ${markOf(state, look)} ${cut(text, look, 4)}`;
  });
  const [blank = '', sentence = '', ...rest] = culpritLines(culprit, look, true);
  return [blank, sentence, ...links, ...rest];
}
