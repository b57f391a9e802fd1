// What the page asks to be done, and what it is told of it. Types and words alone: both sides import them.

/** What can be done from the page: what the commands of the same names do, and nothing else. */
export const verbs = ['reconcile', 'reconcile-with-source', 'suspend', 'resume', 'rerun'] as const;
export type Verb = (typeof verbs)[number];

export interface ActionRequest {
  readonly verb: Verb;
  /** `Kind/namespace/name` of an object of Flux; for `rerun` of the Kustomization of a stage. */
  readonly id: string;
  /** What was looked at: where the object is another one or was changed by now, nothing is done. */
  readonly uid: string;
  readonly resourceVersion: string;
  /** Needed to suspend. */
  readonly reason?: string;
  /** When a suspension should be over: `2h`, or a date. */
  readonly until?: string;
  /** The environment's name where it is protected; else `yes`, for what {@link needsYes}. */
  readonly confirm?: string;
}

/** What became of it. */
export interface ActionOutcome {
  readonly id: string;
  /** True only where what was asked for has really come about. */
  readonly done: boolean;
  /** For people, in one or more lines. */
  readonly message: string;
  readonly seconds: number;
  /** What did not work besides, in words. */
  readonly warnings: readonly string[];
  /** A command that makes sense next. */
  readonly next?: string;
}

/** What the user of the page lacks, by `Kind/namespace`: `patch kustomizations.… in flux-system`. */
export type MissingRights = Readonly<Record<string, readonly string[]>>;

/** Which of it is asked about first: what goes on until somebody ends it, and what changes values. */
export function needsYes(verb: Verb): boolean {
  return verb === 'suspend' || verb === 'rerun';
}

/** The command that does the same, to paste. */
export function commandOf(
  environment: string,
  { verb, id, reason = '', until = '' }: Pick<ActionRequest, 'verb' | 'id' | 'reason' | 'until'>,
  stage = '',
): string {
  if (verb === 'rerun') return `platform backfill rerun ${environment} --from ${stage}`;
  const [command = '', ...more] = verb.split('-');
  const flags = [
    ...(more.length === 0 ? [] : ['--with-source']),
    ...(verb === 'suspend' ? ['--reason', quoted(reason)] : []),
    ...(verb === 'suspend' && until !== '' ? ['--until', quoted(until)] : []),
  ];
  return ['platform', command, environment, id, ...flags].join(' ');
}

function quoted(text: string): string {
  return /^[\w.,:/@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
