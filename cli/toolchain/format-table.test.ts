import { expect, it } from 'vitest';
import { formatTable } from './format-table.ts';

const rows = [
  [
    'go',
    'every engine',
    'builds the programs below that cannot be downloaded',
    '1.26.8 (/usr/local/go/bin/go)',
  ],
  ['etcd', 'embedded', 'the data of the cluster', '3.6.8 (cache)'],
  ['kubectl', 'every engine', 'logs', '/home/.cache/platform/tools/kubectl/1.36.3-linux-amd64/kubectl'],
];

it('keeps columns where they fit, and off a terminal', () => {
  const table = formatTable(rows.slice(1));

  expect(table).toBe(
    [
      'etcd     embedded      the data of the cluster  3.6.8 (cache)',
      'kubectl  every engine  logs                     /home/.cache/platform/tools/kubectl/1.36.3-linux-amd64/kubectl',
    ].join('\n'),
  );
  expect(formatTable(rows.slice(1), { columns: undefined, from: 2 })).toBe(table);
  expect(formatTable(rows.slice(1), { columns: 200, from: 2 })).toBe(table);
});

it('breaks the last columns at words where a terminal is narrow, with a hanging indent, and no path', () => {
  expect(formatTable(rows, { columns: 66, from: 2 })).toMatchInlineSnapshot(`
    "go       every engine  builds the programs below that cannot be
                           downloaded  1.26.8 (/usr/local/go/bin/go)
    etcd     embedded      the data of the cluster  3.6.8 (cache)
    kubectl  every engine  logs
        /home/.cache/platform/tools/kubectl/1.36.3-linux-amd64/kubectl"
  `);
});
