import { source, type LiveCase } from './case.ts';

const chartFile = (name: string): string => `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`;
const release = (name: string, chart: string, from: object, more: object = {}): object => ({
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: { name, namespace: 'flux-system' },
  spec: { interval: '1h', timeout: '20s', chart: { spec: { chart, sourceRef: from } }, ...more },
});
const platform = { kind: 'GitRepository', name: 'platform', namespace: 'flux-system' };
const retries = (name: string): string => `platform reconcile dev HelmRelease/flux-system/${name} --reset`;

/** What goes wrong with charts. Charts lie in folders of the cases, whose Kustomizations apply nothing of them. */
export const helmCases: readonly LiveCase[] = [
  {
    name: 'chart-wants-value',
    objects: [],
    files: {
      'kustomization.yaml': 'resources: [objects.yaml]\n',
      'chart/Chart.yaml': chartFile('wants-value'),
      'chart/templates/config.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: greeting }\ndata: { a: {{ required "a greeting is needed" .Values.greeting }} }\n',
    },
    flux: [release('chart-wants-value', './cases/chart-wants-value/chart', platform)],
    asked: 'HelmRelease/flux-system/chart-wants-value',
    rule: 'helm-release',
    culprit: 'HelmRelease/flux-system/chart-wants-value',
    says: /^install of wants-value@0\.1\.0 failed, and is tried again: .*a greeting is needed/,
    next: 'kubectl describe -n flux-system helmrelease chart-wants-value',
  },
  {
    name: 'chart-refused',
    objects: [],
    files: {
      'kustomization.yaml': 'resources: [objects.yaml]\n',
      'chart/Chart.yaml': chartFile('refused'),
      'chart/templates/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: No_Name }\n',
    },
    flux: [release('chart-refused', './cases/chart-refused/chart', platform)],
    asked: 'HelmRelease/flux-system/chart-refused',
    rule: 'helm-retries', // only what got as far as the API server counts as a try
    culprit: 'HelmRelease/flux-system/chart-refused',
    says: /^install of refused@0\.1\.0 failed, no retries left: .*No_Name.*Invalid value/,
    next: retries('chart-refused'),
  },
  {
    name: 'chart-unknown-kind',
    objects: [],
    files: {
      'kustomization.yaml': 'resources: [objects.yaml]\n',
      'chart/Chart.yaml': chartFile('unknown-kind'),
      'chart/templates/widget.yaml': 'apiVersion: example.test/v1\nkind: Widget\nmetadata: { name: one }\n',
    },
    flux: [release('chart-unknown-kind', './cases/chart-unknown-kind/chart', platform)],
    asked: 'HelmRelease/flux-system/chart-unknown-kind',
    rule: 'helm-release',
    culprit: 'HelmRelease/flux-system/chart-unknown-kind',
    says: /^install of unknown-kind@0\.1\.0 failed, and is tried again: .*no matches for kind "Widget" in version "example\.test\/v1"/,
    next: 'kubectl describe -n flux-system helmrelease chart-unknown-kind',
  },
  {
    name: 'chart-gone',
    objects: [],
    flux: [release('chart-gone', './cases/chart-gone/chart', platform)],
    asked: 'HelmRelease/flux-system/chart-gone',
    rule: 'chart-missing',
    culprit: 'HelmChart/flux-system/flux-system-chart-gone',
    says: 'the repository has no chart ./cases/chart-gone/chart',
    next: 'Commit the chart, or correct spec.chart.spec.chart of its HelmRelease',
  },
  {
    name: 'charts-away',
    objects: [],
    flux: [
      source('HelmRepository', 'charts-away', { url: 'http://127.0.0.1:1/' }),
      release('charts-away', 'redis', { kind: 'HelmRepository', name: 'charts-away' }),
    ],
    asked: 'HelmRelease/flux-system/charts-away',
    rule: 'source-unreachable',
    culprit: 'HelmRepository/flux-system/charts-away',
    says: 'http://127.0.0.1:1/ cannot be reached (connection refused)',
    next: 'curl -sSI http://127.0.0.1:1/',
  },
];
