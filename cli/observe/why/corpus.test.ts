import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../../ports/kube.ts';
import { kustomization, revision } from '../../testing/cluster-objects.ts';
import { buildModel } from '../build-model.ts';
import type { Cause } from '../model.ts';

/** What a kubelet, a scheduler and the controllers of Kubernetes 1.36 left behind; recorded by testing/why-corpus. */
interface Case {
  readonly expect: {
    readonly rule: string;
    /** Kind of the culprit. */
    readonly culprit: string;
    /** End of the sentence; pods are called web-x there. */
    readonly says: string;
    readonly next: string;
  };
  readonly takenAt: string;
  readonly objects: KubeObject[];
}

const folder = join(import.meta.dirname, 'corpus');
const cases = readdirSync(folder).map((file): [string, Case] => [
  file.replace('.yaml', ''),
  parse(readFileSync(join(folder, file), 'utf8')) as Case,
]);

/** The cause of the case's workload, with the random ends of names taken off. */
function causeIn(name: string, { takenAt, objects }: Case): Cause {
  const workload = name.startsWith('job-') ? 'fill_batch_Job' : 'web_apps_Deployment';
  const owner = kustomization('web', { applied: revision('a'), inventory: [`${name}_${workload}`] });
  const model = buildModel({ objects: [owner, ...objects], notes: [] }, Date.parse(takenAt));
  const cause = model.items.find(({ role }) => role === 'workload')?.cause;
  const plain = JSON.stringify(cause).replaceAll(/\bweb-[0-9a-f]{6,10}(-[a-z0-9]{5})?\b/g, 'web-x');
  return JSON.parse(plain) as Cause;
}

describe('the culprit of a recorded cluster', () => {
  it.each(cases)('%s', (name, recorded) => {
    const { rule, culprit, says, next } = recorded.expect;

    const cause = causeIn(name, recorded);

    expect(cause).toMatchObject({ rule, evidence: { kind: culprit, namespace: name }, next });
    expect(cause.chain.at(-1)).toMatch(new RegExp(`^${culprit}/${name}/`));
    expect(`${cause.sentence.replace(/ \([\dsmhd ]+\)$/, '')}\n`).toContain(`: ${says}\n`);
  });
});
