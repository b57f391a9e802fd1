import { describe, expect, it } from 'vitest';
import { parseManifests, printManifests } from './manifests.ts';

describe('manifests', () => {
  it('are read from several documents, with lists taken apart and empty documents dropped', () => {
    const objects = parseManifests(`---
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: a } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: b }
`);
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });

  it('are refused when a document is no Kubernetes object', () => {
    expect(() => parseManifests('kind: ConfigMap\nmetadata: {}\n')).toThrow('no Kubernetes object');
  });

  it('print with namespaces first and with quotes where kubectl would read a boolean or a number', () => {
    const text = printManifests([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'c' },
        data: { a: 'yes', b: '0644', c: '1:30' },
      },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } },
    ]);
    expect(text).toBe(`apiVersion: v1
kind: Namespace
metadata:
  name: "n"
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: c
data:
  a: "yes"
  b: "0644"
  c: "1:30"
`);
  });
});
