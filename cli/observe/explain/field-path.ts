/** One field of an object, named as `platform diff` names it. */
export interface Field {
  /** `spec.template.spec.containers[trades].image`, `metadata.labels[app.kubernetes.io/name]`. */
  readonly path: string;
  /** Keys of maps, and of lists the position. */
  readonly keys: readonly (string | number)[];
  readonly value: unknown;
}

type Step = { readonly key: string | number; readonly path: string; readonly value: unknown };

/**
 * The field that a person names: items of lists by their name or position; a key with dots in brackets or without.
 *
 * @returns undefined where the object has no such field.
 */
export function fieldAt(object: unknown, text: string): Field | undefined {
  const words = [...text.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(
    ([, inner, plain]) => inner ?? plain ?? '',
  );
  return follow({ path: '', keys: [], value: object }, words);
}

function follow(from: Field, words: readonly string[]): Field | undefined {
  if (words.length === 0) return from;
  // A key may hold dots: the shortest that exists is tried first.
  for (let taken = 1; taken <= words.length; taken += 1) {
    const step = stepInto(from, words.slice(0, taken).join('.'));
    const found =
      step &&
      follow({ path: step.path, keys: [...from.keys, step.key], value: step.value }, words.slice(taken));
    if (found) return found;
  }
  return undefined;
}

function stepInto({ path, value }: Field, word: string): Step | undefined {
  return stepsOf(path, value).find(
    ({ key, path: stepPath }) => String(key) === word || stepPath === `${path}[${word}]`,
  );
}

/** Everything directly below a value. */
function stepsOf(path: string, value: unknown): Step[] {
  if (Array.isArray(value)) {
    return value.map((item: unknown, at) => ({
      key: at,
      path: `${path}[${nameOf(item) ?? at}]`,
      value: item,
    }));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, child]: [string, unknown]) => {
    const plain = path === '' ? key : `${path}.${key}`;
    return { key, path: /^[\w-]+$/.test(key) ? plain : `${path}[${key}]`, value: child };
  });
}

function nameOf(item: unknown): string | undefined {
  const name = (item as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : undefined;
}

/** The paths of all single values at or below a field. */
export function leavesOf({ path, value }: Pick<Field, 'path' | 'value'>): string[] {
  const steps = stepsOf(path, value);
  return steps.length === 0 ? [path] : steps.flatMap(leavesOf);
}
