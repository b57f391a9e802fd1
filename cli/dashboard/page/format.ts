/** `0.8 s`, `42 s`, `3 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** `main@sha1:1a2b3c4…` as `1a2b3c4`; versions and tags as they are. */
export function shortRevision(revision: string): string {
  return /[:@][0-9a-f]{40}/.test(revision) ? (revision.split(':').at(-1) ?? '').slice(0, 7) : revision;
}

/** `Kind name` in its namespace, where that is not Flux's own. */
export function shortName(id: string): string {
  const [kind = '', ...place] = id.split('/');
  return `${kind} ${(place[0] === 'flux-system' ? place.slice(1) : place).join('/')}`;
}

/** `14:03:22`, and before it the day where that is not today. */
export function clockTime(iso: string, now: number): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  const time = at.toTimeString().slice(0, 8);
  return at.toDateString() === new Date(now).toDateString() ? time : `${iso.slice(0, 10)} ${time}`;
}
