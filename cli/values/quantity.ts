const factors: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, '': 1,
  k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
}; // prettier-ignore

/**
 * A Kubernetes quantity in its base unit: cores or bytes.
 *
 * @returns undefined where the text is none; the schema says so, with its place.
 * @see {@link https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/}
 */
export function parseQuantity(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d*)?|\.\d+)(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text);
  if (!parts) return undefined;
  const [, digits = '', exponent = '', unit = ''] = parts;
  return Number(digits + exponent) * (factors[unit] ?? 1);
}
