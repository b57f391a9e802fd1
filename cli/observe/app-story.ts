import { formatRef, refOf, type KubeObject } from '../ports/kube.ts';
import { indexObjects } from './cluster-index.ts';
import { textAt } from './fields.ts';

/** One line of a log, of an event or of a controller, with what is needed to sort and to filter. */
export interface LogLine {
  /** ISO 8601; empty where the line has no time. */
  readonly at: string;
  /** The pod, the object of an event, or the engine's part. */
  readonly from: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

/**
 * The ids of all objects of one app: its Kustomizations (named as the app, or `<app>-<stage>`), what they applied, and
 * what those made: ReplicaSets and pods. Everything in the cluster when no app is given.
 */
export function objectsOfApp(objects: readonly KubeObject[], app: string | undefined): Set<string> {
  const index = indexObjects(objects, 0);
  if (app === undefined) return new Set(objects.map((object) => formatRef(refOf(object))));
  const ids = new Set<string>();
  const add = (object: KubeObject): void => {
    const id = formatRef(refOf(object));
    if (ids.has(id)) return;
    ids.add(id);
    for (const child of index.childrenOf(object)) add(child);
  };
  for (const applier of index.all('Kustomization', 'HelmRelease')) {
    const { name } = applier.metadata;
    if (name !== app && !name.startsWith(`${app}-`)) continue;
    add(applier);
    for (const ref of index.inventory(formatRef(refOf(applier)))) {
      const object = index.find(formatRef(ref));
      if (object) add(object);
    }
  }
  return ids;
}

/** The events about these objects. */
export function eventLines(objects: readonly KubeObject[], ids: ReadonlySet<string>): LogLine[] {
  return objects
    .filter(({ kind }) => kind === 'Event')
    .flatMap((event): LogLine[] => {
      const kind = textAt(event, 'involvedObject', 'kind');
      const namespace = textAt(event, 'involvedObject', 'namespace');
      const name = textAt(event, 'involvedObject', 'name');
      // A pod that is gone has left the cluster, not its events: go by the name that its owner gave it.
      const gone = kind === 'Pod' && [...ids].some((id) => name.startsWith(`${id.split('/').at(-1) ?? id}-`));
      if (!ids.has(formatRef({ apiVersion: '', kind, namespace, name })) && !gone) return [];
      const at =
        [textAt(event, 'lastTimestamp'), textAt(event, 'eventTime')].find((time) => time !== '') ?? '';
      const level = event['type'] === 'Warning' ? 'warning' : 'info';
      return [
        {
          at,
          from: `${kind} ${name}`,
          level,
          text: `${textAt(event, 'reason')}: ${textAt(event, 'message').trim().replaceAll(/\n+/g, '; ')}`,
        },
      ];
    });
}

/**
 * The lines of a Flux controller's log (JSON, as controller-runtime writes it) about these objects.
 *
 * @param part The engine's name for the controller.
 */
export function controllerLines(log: string, part: string, ids: ReadonlySet<string>): LogLine[] {
  const known = new Map([...ids].map((id) => [id.toLowerCase(), id]));
  return log.split('\n').flatMap((raw): LogLine[] => {
    const entry = parse(raw);
    // Some lines have only the controller's name, which is the kind in lower case.
    const kind = textAt(entry, 'controllerKind') || textAt(entry, 'controller');
    const about = [kind, textAt(entry, 'namespace'), textAt(entry, 'name')].filter((text) => text !== '');
    const id = known.get(about.join('/').toLowerCase());
    if (kind === '' || id === undefined) return [];
    const error = textAt(entry, 'error');
    return [
      {
        at: textAt(entry, 'ts'),
        from: `${part} ${id.split('/').at(-1) ?? id}`,
        level: textAt(entry, 'level') === 'error' ? 'error' : 'info',
        text: `${textAt(entry, 'msg')}${error === '' ? '' : `: ${error}`}`.trim(),
      },
    ];
  });
}

/** The newest lines, oldest of them first. */
export function newestLines(lines: readonly LogLine[], count: number): LogLine[] {
  return [...lines].sort((a, b) => Date.parse(a.at || '1970') - Date.parse(b.at || '1970')).slice(-count);
}

function parse(line: string): unknown {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
