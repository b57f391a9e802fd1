import { refOf, type ObjectRef } from '../../ports/kube.ts';
import type { ClusterIndex } from '../cluster-index.ts';
import { formatDuration } from '../duration.ts';
import { conditionOf } from '../fields.ts';
import type { Cause } from '../model.ts';
import type { Seen } from '../state/seen.ts';
import { blockerOf, type StateOf } from './blocker.ts';
import { platformCommand, type Finding } from './rule.ts';
import { rules } from './rules.ts';

/** Tells what is seen of any object, pods included; undefined where it is not in the cluster. */
export type SeenOf = (id: string) => Seen | undefined;

/**
 * Finds the culprit behind an object that is not Ready: follows what waits for what until an object is itself to blame,
 * and asks the rules about that one.
 */
export function explainObject(start: string, index: ClusterIndex, seenOf: SeenOf): Cause {
  const stateOf: StateOf = (id) => seenOf(id)?.state;
  const chain = [start];
  for (;;) {
    const id = chain.at(-1) ?? start;
    const object = index.find(id);
    const suspended = seenOf(id)?.state === 'Suspended';
    const blocker = object && !suspended ? blockerOf(object, index, stateOf) : undefined;
    if (blocker === undefined) break;
    if (chain.includes(blocker)) return circle(chain, blocker, index, seenOf);
    chain.push(blocker);
  }
  const culprit = chain.at(-1) ?? start;
  const { rule, finding, evidence } = judge(culprit, index, seenOf);
  const since = [finding.since, seenOf(culprit)?.since].find((time) => time !== undefined && time !== '');
  return {
    rule,
    sentence: `${story(chain, seenOf)}: ${finding.says}${ageOf(since, index.now)}`,
    chain,
    evidence,
    next: finding.next,
    final: finding.final === true,
  };
}

/** What waits for each other is never applied: the one where the circle closes is named. */
function circle(chain: readonly string[], back: string, index: ClusterIndex, seenOf: SeenOf): Cause {
  const last = index.find(chain.at(-1) ?? '');
  if (!last) throw new Error('a chain of objects of which one is not there');
  const round = [...chain.slice(chain.indexOf(back)), back].map(shortId).join(' waits for ');
  return {
    rule: 'dependency-cycle',
    sentence: `${story(chain, seenOf)}: a circle, none of them is ever applied (${round})`,
    chain,
    evidence: refOf(last),
    next: `Take one of their dependencies out (\`after\` in the values, or spec.dependsOn): ${platformCommand(index, 'order')}`,
    final: true,
  };
}

function judge(
  id: string,
  index: ClusterIndex,
  seenOf: SeenOf,
): { rule: string; finding: Finding; evidence: ObjectRef } {
  const object = index.find(id);
  const seen = seenOf(id);
  const above = suspendedAbove(id, index, seenOf);
  if (!object || !seen) return missing(id, above, index);
  if (above !== undefined && (seen.state === 'Stale' || seen.state === 'Unknown')) {
    return { rule: 'suspended-ancestor', finding: underSuspended(above, index), evidence: refOf(object) };
  }
  const subject = { object, seen, reason: conditionOf(object, 'Ready')?.reason ?? '' };
  for (const rule of rules) {
    if (rule.kinds.length > 0 && !rule.kinds.includes(object.kind)) continue;
    const finding = rule.find(subject, index);
    if (finding) return { rule: rule.name, finding, evidence: refOf(object) };
  }
  return {
    rule: 'fallback',
    finding: { says: seen.state, next: 'kubectl get events -A' },
    evidence: refOf(object),
  };
}

function missing(id: string, above: string | undefined, index: ClusterIndex): ReturnType<typeof judge> {
  const [kind = '', ...rest] = id.split('/');
  const [name = '', namespace] = rest.reverse();
  const evidence = { apiVersion: '', kind, namespace, name };
  if (above !== undefined)
    return { rule: 'suspended-ancestor', finding: underSuspended(above, index), evidence };
  const where = namespace === undefined ? '' : `-n ${namespace} `;
  return {
    rule: 'missing',
    finding: { says: 'not in the cluster', next: `kubectl get ${where}${kind.toLowerCase()} ${name}` },
    evidence,
  };
}

function suspendedAbove(id: string, index: ClusterIndex, seenOf: SeenOf): string | undefined {
  const visited = new Set([id]);
  let owner = index.ownerOf(id);
  while (owner !== undefined && !visited.has(owner)) {
    if (seenOf(owner)?.state === 'Suspended') return owner;
    visited.add(owner);
    owner = index.ownerOf(owner);
  }
  return undefined;
}

function underSuspended(owner: string, index: ClusterIndex): Finding {
  return {
    says: `${shortId(owner)} above it is suspended, so nothing changes it`,
    next: platformCommand(index, 'resume', owner),
    final: true,
  };
}

/** `apps waits for infra ← Deployment ml/reloader 0/1 ← Pod ml/reloader-x`. */
function story(chain: readonly string[], seenOf: SeenOf): string {
  return chain
    .map((id, at) => {
      const progress = seenOf(id)?.progress;
      const name = `${shortId(id)}${progress && !id.startsWith('Job/') ? ` ${progress.ready}/${progress.wanted}` : ''}`;
      if (at === 0) return name;
      return `${isFlux(chain[at - 1]) && isFlux(id) ? ' waits for ' : ' ← '}${name}`;
    })
    .join('');
}

function isFlux(id: string | undefined): boolean {
  return id !== undefined && /^(Kustomization|Helm|GitRepository)/.test(id);
}

/** How people call an object: Kustomizations by their name alone, everything else by kind and place. */
export function shortId(id: string): string {
  const [kind = '', ...place] = id.split('/');
  if (kind === 'Kustomization') return place.at(-1) ?? id;
  return `${kind} ${place.join('/')}`;
}

function ageOf(since: string | undefined, now: number): string {
  const began = Date.parse(since ?? '');
  return Number.isNaN(began) ? '' : ` (${formatDuration(now - began)})`;
}
