/** A function that does the work once per key and gives the same result, or the same rejection, ever after. */
export function memoize<K, V>(work: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (known.has(key)) return known.get(key) as V;
    const value = work(key);
    known.set(key, value);
    return value;
  };
}

/** As {@link memoize}, for work without an argument. */
export function once<V>(work: () => V): () => V {
  const run = memoize<undefined, V>(work);
  return () => run(undefined);
}
