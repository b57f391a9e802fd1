import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { buildModel } from '../observe/build-model.ts';
import type { Model } from '../observe/model.ts';
import type { KubeObject } from '../ports/kube.ts';
import { conditions, gitRepository, kustomization, revision, root } from './cluster-objects.ts';
import { repositoryRoot } from './repository-root.ts';

/**
 * What a kubelet, a scheduler and the controllers of Kubernetes 1.36 left behind of one workload that is broken; recorded by
 * why-corpus.
 */
export interface RecordedCase {
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

/** Those of cli/observe/why/corpus, by the names of their files, which are those of their namespaces as well. */
export function recordedCases(): [name: string, recorded: RecordedCase][] {
  const folder = join(repositoryRoot, 'cli/observe/why/corpus');
  return readdirSync(folder).map((file): [string, RecordedCase] => [
    file.replace('.yaml', ''),
    parse(readFileSync(join(folder, file), 'utf8')) as RecordedCase,
  ]);
}

/**
 * The model of a cluster that Flux applied the case's workload to, seen when it was recorded: its health check has failed,
 * and another app waits for it.
 */
export function recordedModel(name: string, { takenAt, objects }: RecordedCase): Model {
  const applied = revision('a');
  const isJob = name.startsWith('job-');
  const { kind, short, group } = isJob
    ? { kind: 'Job', short: 'fill', group: 'batch' }
    : { kind: 'Deployment', short: 'web', group: 'apps' };
  const failed = `timeout waiting for: [${kind}/${name}/${short} status: 'InProgress']`;
  const flux = [
    gitRepository(applied),
    root(applied, ['infra', 'web', 'front']),
    kustomization('infra', { applied }),
    kustomization(
      'web',
      {
        attempted: applied,
        inventory: [`${name}_${short}_${group}_${kind}`],
        conditions: conditions(['Ready', 'False', 'HealthCheckFailed', failed]),
      },
      after('infra'),
    ),
    kustomization(
      'front',
      {
        conditions: conditions([
          'Ready',
          'False',
          'DependencyNotReady',
          "dependency 'flux-system/web' is not ready",
        ]),
      },
      after('web'),
    ),
  ];
  return buildModel({ objects: [...flux, ...objects], notes: [] }, Date.parse(takenAt));
}

function after(name: string): object {
  return { dependsOn: [{ name }] };
}

/** Pods and ReplicaSets of `web` end at random: `web-x`. */
export function withoutRandomEnds(text: string): string {
  return text.replaceAll(/\bweb-[0-9a-f]{6,10}(-[a-z0-9]{5})?\b/g, 'web-x');
}
