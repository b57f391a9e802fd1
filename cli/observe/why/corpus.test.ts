import { describe, expect, it } from 'vitest';
import { recordedCases, recordedModel, withoutRandomEnds } from '../../testing/recorded-cases.ts';
import type { Cause } from '../model.ts';

describe('the culprit of a recorded cluster', () => {
  it.each(recordedCases())('%s', (name, recorded) => {
    const { rule, culprit, says, next } = recorded.expect;

    const found = recordedModel(name, recorded).items.find(({ role }) => role === 'workload')?.cause;

    const cause = JSON.parse(withoutRandomEnds(JSON.stringify(found))) as Cause;
    expect(cause).toMatchObject({ rule, evidence: { kind: culprit, namespace: name }, next });
    expect(cause.chain.at(-1)).toMatch(new RegExp(`^${culprit}/${name}/`));
    expect(`${cause.sentence.replace(/ \([\dsmhd ]+\)$/, '')}\n`).toContain(`: ${says}\n`);
  });
});
