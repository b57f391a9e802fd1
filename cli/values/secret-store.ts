import { isPresent } from './components.ts';
import type { EnvironmentValues } from './environment.ts';
import type { Problem } from './rules.ts';

const component = 'external-secrets';

/** What each kind of store cannot do without. */
const required: Readonly<Record<string, string>> = {
  aws: 'region',
  gcp: 'project',
  azure: 'vaultUrl',
  vault: 'server',
};

interface Store {
  readonly kind: string;
  readonly [kind: string]: unknown;
}

/** A store without what its kind needs, or of a kind that this environment must not, or cannot, use. */
export function storeProblems(values: EnvironmentValues): Problem[] {
  const store = values.components[component]?.['store'] as Store | undefined;
  if (!store || !isPresent(values, component)) return [];
  const at = ['components', component, 'store'];
  const { kind } = store;
  const against = [...at, 'kind'];
  const needed = required[kind];
  if (needed !== undefined && (store[kind] as Record<string, unknown> | undefined)?.[needed] === undefined) {
    const message = `components.${component}.store.${kind}.${needed} is missing; a store of kind ${kind} needs it`;
    return [{ path: [...at, kind, needed], against, message }];
  }
  const enabled = ['components', component, 'enabled'];
  if (kind === 'fake' && values.protected) {
    const message = `components.${component}.store.kind is fake, whose values are in git in plain text, and this environment is protected`;
    return [{ path: against, against: enabled, message, hint: 'Name the store that holds its secrets' }];
  }
  if (kind === 'kubernetes' && values.engine === 'embedded') {
    const message = `components.${component}.store.kind is kubernetes, and engine is embedded: there the controller is a process of this machine, to which no Service of the cluster has an address`;
    return [{ path: against, against: ['engine'], message, hint: 'Use fake there, or the engine kind' }];
  }
  return [];
}
