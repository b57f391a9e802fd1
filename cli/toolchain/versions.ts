import pinned from '../../versions.json' with { type: 'json' };

export type VersionKey = keyof typeof pinned;

/** Every outside version, without a `v`: versions.json, the one place that spells them. */
export const versions: Readonly<Record<VersionKey, string>> = pinned;

/** Negative when `a` is older than `b`. Reads the leading number of each part: `1.26.8`, `2.39.5.windows.1`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) =>
    version.split('.').map((part) => Number.parseInt(part, 10) || 0),
  );
  for (let part = 0; part < 3; part += 1) {
    const difference = (left?.[part] ?? 0) - (right?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
