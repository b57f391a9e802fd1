import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../testing/repository-root.ts';
import { findSlower } from './compare.ts';
import { mergeReports, withTables } from './documents.ts';
import { formatReport, type Report } from './report.ts';
import { rows } from './rows.ts';

function reportOf(name: string, ratio: number, megabytes = 100): Report {
  const spread = (value: number) => ({ median: value, min: value / 2, max: value * 2 });
  return {
    formatVersion: 1,
    machine: { cpu: 'a processor', cores: 2, memoryGb: 8, system: 'Linux 6.1', node: '20.19.0' },
    rows: [
      {
        name,
        title: 'deploy something',
        sides: [
          { name: 'floor', runs: 3, seconds: spread(0.5) },
          { name: 'ours', runs: 3, seconds: spread(0.5 * ratio), megabytes: spread(megabytes) },
        ],
        goals: [
          { of: 'ours', to: 'floor', unit: 'ratio', atMost: 1.5, value: ratio },
          { of: 'ours', unit: 's', atMost: 1, value: 0.5 * ratio },
          { of: 'ours', unit: 'MB', atMost: 300, value: megabytes },
        ],
      },
    ],
  };
}

it('prints what was reached, marks what was missed, and what each side took', () => {
  expect(formatReport(reportOf('deploy', 2)))
    .toBe(`Measured on a processor, 2 cores, 8 GB, Linux 6.1, Node 20.19.0.

| what | against | reached | wanted |
| --- | --- | ---: | ---: |
| ours | floor | 2.00 × ✗ | ≤ 1.5 × |
| ours | time | 1.00 s | ≤ 1 s |
| ours | memory | 100 MB | ≤ 300 MB |

| row | what was run | runs | median | from – to |
| --- | --- | ---: | ---: | ---: |
| deploy something | floor | 3 | 0.500 s | 0.250 – 1.00 s |
|  | ours | 3 | 1.00 s | 0.500 – 2.00 s |
|  | ours, memory | 3 | 100 MB | 50 – 200 MB |
`);
});

describe('findSlower', () => {
  it('names a ratio or an amount of memory that grew by more than 30 %', () => {
    expect(findSlower(reportOf('deploy', 1), reportOf('deploy', 1.3, 130))).toEqual([]);
    expect(findSlower(reportOf('deploy', 1), reportOf('deploy', 1.5, 140))).toEqual([
      'deploy: ours takes 1.50 ×, 50 % more than the committed 1.00 ×',
      'deploy: ours takes 140 MB, 40 % more than the committed 100 MB',
    ]);
  });

  it('does not compare seconds: machines differ', () => {
    const now = reportOf('deploy', 1);
    const slow = {
      ...now,
      rows: now.rows.map((row) => ({ ...row, goals: row.goals.filter(({ unit }) => unit === 's') })),
    };
    expect(findSlower(reportOf('deploy', 0.1), slow)).toEqual([]);
  });

  it('says nothing of a row that the committed table lacks', () => {
    expect(findSlower(reportOf('render', 1), reportOf('deploy', 9))).toEqual([]);
  });
});

it('keeps the rows that were not measured this time', () => {
  const merged = mergeReports(reportOf('render', 1), reportOf('deploy', 2));
  expect(merged.rows.map(({ name }) => name)).toEqual(['render', 'deploy']);
  expect(mergeReports(merged, reportOf('render', 3)).rows.map(({ goals }) => goals[0]?.value)).toEqual([
    3, 2,
  ]);
});

describe('docs/benchmarks', () => {
  it('has the same in benchmarks.md and in benchmarks.json', async () => {
    const page = await readFile(join(repositoryRoot, 'docs/benchmarks.md'), 'utf8');
    const report = JSON.parse(await readFile(join(repositoryRoot, 'docs/benchmarks.json'), 'utf8')) as Report;
    expect(withTables(page, report)).toBe(page);
  });

  it('knows every row that it shows, with the goals of today', async () => {
    const report = JSON.parse(await readFile(join(repositoryRoot, 'docs/benchmarks.json'), 'utf8')) as Report;
    for (const { name, goals } of report.rows) {
      const today = rows.find((row) => row.name === name);
      expect(
        goals.map(({ of, to, unit, atMost }) => ({ of, to, unit, atMost })),
        name,
      ).toEqual(today?.goals.map(({ of, to, unit, atMost }) => ({ of, to, unit, atMost })));
    }
  });
});
