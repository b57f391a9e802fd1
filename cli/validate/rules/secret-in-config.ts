import type { Hit } from '../finding.ts';
import type { Placed, Rule } from '../rule.ts';
import { containersOf, workloadOf } from '../workload.ts';

/** `DB_PASSWORD`, `apiKey`, `client-secret`; not `PASSWORD_FILE` or `SECRET_NAME`, which only say where a secret is. */
const secretName =
  /(passw(or)?d|passphrase|secret|token|credential|api[-_.]?key|access[-_.]?key|private[-_.]?key)s?$/i;

/** Forms that only a secret has, whatever its name is. */
const secretValue =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|AGE-SECRET-KEY-1|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bglpat-[\w-]{20}|\bxox[abpr]-[\w-]{10}|:\/\/[^\s/:@]+:[^\s/@]+@/;

/** `MAX_TOKENS: 512` and `USE_TOKEN: true` are settings. */
const settingValue = /^(\d{0,6}|true|false)$/;

function looksSecret(name: string, value: string): boolean {
  return !settingValue.test(value) && (secretName.test(name) || secretValue.test(value));
}

/** Names the key, never the value. */
function hit({ object, kustomization }: Placed, what: string, path: (string | number)[]): Hit {
  return {
    message: `${what} looks like a secret in plain text`,
    hint: 'move it to a Secret (encrypted with SOPS, or made outside git) and refer to it with secretKeyRef',
    object,
    kustomization,
    path,
  };
}

export const secretInConfig: Rule = {
  code: 'SECRET_IN_CONFIG',
  severity: 'error',
  title: 'No password, token or key lies in a ConfigMap or in a plain environment variable.',
  why: 'Whoever may read the repository or list ConfigMaps could read it, and git never forgets it.',
  check: ({ applied }) =>
    applied.flatMap((placed) => {
      const { object } = placed;
      const data = object.kind === 'ConfigMap' ? ((object['data'] ?? {}) as Record<string, unknown>) : {};
      const inData = Object.entries(data)
        .filter(([key, value]) => looksSecret(key, String(value)))
        .map(([key]) => hit(placed, `data key ${key}`, ['data', key]));
      const workload = workloadOf(object);
      const inEnv = (workload ? containersOf(workload) : []).flatMap(({ container, path }) =>
        (container.env ?? []).flatMap(({ name, value }, index) =>
          value !== undefined && looksSecret(name, value)
            ? hit(placed, `environment variable ${name}`, [...path, 'env', index, 'value'])
            : [],
        ),
      );
      return [...inData, ...inEnv];
    }),
};
