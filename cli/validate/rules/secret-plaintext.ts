import type { KubeObject } from '../../ports/kube.ts';
import type { Rule } from '../rule.ts';

/** What mends it, whoever finds it. */
export const encryptHint =
  'sops encrypt --in-place <the file> (platform secrets init <environment> made .sops.yaml for it), or make the Secret outside git';

/** The first value of a Secret that anyone could read; undefined where all are encrypted, and for other kinds. */
export function plainEntry(object: KubeObject): readonly ['data' | 'stringData', string] | undefined {
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1') return undefined;
  const encrypted = object['sops'] !== undefined;
  for (const list of ['data', 'stringData'] as const) {
    for (const [key, value] of Object.entries((object[list] ?? {}) as Record<string, unknown>)) {
      if (!encrypted || !(typeof value === 'string' && value.startsWith('ENC['))) return [list, key];
    }
  }
  return undefined;
}

export const secretPlaintext: Rule = {
  code: 'SECRET_PLAINTEXT',
  severity: 'error',
  title: 'Every Secret in git is encrypted with SOPS.',
  why: 'base64 is no encryption, and git never forgets.',
  check: ({ applied }) =>
    applied.flatMap(({ object, kustomization }) => {
      const path = plainEntry(object);
      if (path === undefined) return [];
      return {
        message: `${path.join('.')} is not encrypted`,
        hint: encryptHint,
        object,
        kustomization,
        path,
      };
    }),
};
