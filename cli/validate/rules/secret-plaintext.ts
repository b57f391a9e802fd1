import type { Rule } from '../rule.ts';

export const secretPlaintext: Rule = {
  code: 'SECRET_PLAINTEXT',
  severity: 'error',
  title: 'Every Secret in git is encrypted with SOPS.',
  why: 'base64 is no encryption, and git never forgets.',
  check: ({ applied }) =>
    applied.flatMap(({ object, kustomization }) => {
      if (object.kind !== 'Secret' || object.apiVersion !== 'v1') return [];
      const entries = (['data', 'stringData'] as const).flatMap((list) =>
        Object.entries((object[list] ?? {}) as Record<string, unknown>).map(([key, value]) => ({
          list,
          key,
          value,
        })),
      );
      const encrypted = object['sops'] !== undefined;
      const plain = entries.find(
        ({ value }) => !encrypted || !(typeof value === 'string' && value.startsWith('ENC[')),
      );
      if (plain === undefined) return [];
      return {
        message: `${plain.list}.${plain.key} is not encrypted`,
        hint: 'sops encrypt --in-place <the file>, or make the Secret outside git',
        object,
        kustomization,
        path: [plain.list, plain.key],
      };
    }),
};
