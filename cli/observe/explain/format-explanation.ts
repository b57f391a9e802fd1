import { isDeepStrictEqual } from 'node:util';
import type { Place } from '../../errors/platform-error.ts';
import type { Look } from '../look.ts';
import type { Origin } from './explain-field.ts';
import type { Explanation } from './explanation.ts';

/** `platform explain` for people: from the live field back to the key that a person edits. */
export function formatExplanation(explanation: Explanation, look: Look): string {
  const { object, madeFrom, path, fields, appliedBy, folder, commit, origins, live, git } = explanation;
  const rows: (readonly [string, string])[] = [
    ...madeFrom.map((id) => ['made from', id] as const),
    ['applied by', `${appliedBy} from ${folder} at ${commit.slice(0, 7)}`],
  ];
  if (fields) {
    const list = fields.map((field) => `  ${field}`);
    return [look.colors.bold(object), ...table(rows, look), '', 'git sets these fields of it:', ...list].join(
      '\n',
    );
  }
  const value = live ?? git;
  const title = look.colors.bold(`${object} ${path ?? ''} = ${JSON.stringify(value?.value)}`);
  const alive = live ? [['live', liveText(explanation)] as const] : [];
  const lines = origins.flatMap((origin) => ['', ...table(originRows(origin), look)]);
  return [title, ...table([...alive, ...rows], look), ...remark(explanation), ...lines].join('\n');
}

function liveText({ live, git }: Explanation): string {
  const owners = live?.managers.map(({ name }) => name).join(', ') ?? '';
  const who =
    owners === '' ? 'nobody set it: a default of the API server, or of a controller' : `set by ${owners}`;
  const differs = git !== undefined && live !== undefined && !isDeepStrictEqual(live.value, git.value);
  return differs ? `${who}; git has ${JSON.stringify(git.value)}` : who;
}

function remark({ git, origins }: Explanation): string[] {
  if (!git) return ['', 'git says nothing of this field.'];
  return origins.length === 0 ? ['', 'No line of the files that are built was found to set it.'] : [];
}

function originRows({ rendered, template, values, blame, ...spot }: Origin): (readonly [string, string])[] {
  return [
    [rendered ? 'rendered' : 'written', `${placeText(spot)}   ${spot.text}`],
    ...(template ? [['template', `${placeText(template)}   ${template.text}`] as const] : []),
    ...values.map(({ key, value, from, place }) => {
      const where = from === 'computed' ? 'computed by rendering' : place ? placeText(place) : '';
      const note = from === 'default' ? ' (default)' : '';
      return ['value', `${where}   ${key}: ${JSON.stringify(value)}${note}`] as const;
    }),
    ...(blame
      ? [
          [
            'commit',
            `${blame.commit.slice(0, 7)}   ${blame.subject} (${blame.author}, ${blame.at.slice(0, 10)})`,
          ] as const,
        ]
      : []),
  ];
}

function placeText({ file, line, column }: Place): string {
  return [file, ...[line, column].filter((each) => each !== undefined)].join(':');
}

function table(rows: readonly (readonly [string, string])[], { colors }: Look): string[] {
  return rows.map(([title, text]) => `  ${colors.dim(title.padEnd(10))}  ${text}`);
}
