import { describe, expect, it } from 'vitest';
import { buildEnvironment } from '../build/build-environment.ts';
import { smallTree } from '../testing/flux-tree.ts';
import { realRun, toolDeps } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { pinnedSchemas } from '../toolchain/schemas.ts';
import type { Finding } from './finding.ts';
import { validateEnvironment } from './validate-environment.ts';

const schemas = await pinnedSchemas(toolDeps);

/** An app that breaks several rules, in a base, a patch, the images and a file that was rendered. */
const tree = {
  ...smallTree,
  'apps/web/base/kustomization.yaml': 'resources: [config.yaml, job.yaml]\n',
  'apps/web/base/job.yaml': `apiVersion: batch/v1
kind: Job
metadata:
  name: fill
  namespace: ml
spec:
  template:
    spec:
      restartPolicy: Never
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: fill
          image: fill
          envFrom:
            - configMapRef: { name: web }
            - configMapRef:
                name: wbe
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
`,
  'apps/web/overlays/dev/kustomization.yaml': `resources: [../../base]
images:
  - name: other
    newTag: 0.1.0
  - name: fill
    newName: example.org/fill
    newTag: latest
nameSuffix: -abc123
patches:
  - path: patch.yaml
`,
  'apps/web/overlays/dev/patch.yaml': `# Rendered by platform from clusters/dev/values.yaml, templates/x.njk. Do not edit.
apiVersion: batch/v1
kind: Job
metadata:
  name: fill
  namespace: ml
spec:
  template:
    spec:
      containers:
        - name: fill
          resources:
            requests: { cpu: 1, memory: 64Mi }
            limits: { memory: 64Mib }
`,
};

describe('the place of a finding', () => {
  it('is the file and line that decides the field: base, patch or images of the overlay', async () => {
    const root = await temporaryTree(tree);
    const build = await buildEnvironment({ root, run: realRun() }, 'dev');

    const findings = await validateEnvironment({ root, schemas }, build);

    const find = (code: string): Finding | undefined => findings.find((finding) => finding.code === code);
    expect(find('CONFIG_REFERENCE_UNKNOWN')).toMatchObject({
      object: 'Job/ml/fill-abc123',
      place: { file: 'apps/web/base/job.yaml', line: 17 },
      message: 'refers to ConfigMap wbe, which nothing provides',
    });
    expect(find('IMAGE_TAG_MISSING')?.place).toMatchObject({
      file: 'apps/web/overlays/dev/kustomization.yaml',
      line: 5,
    });
    expect(find('SCHEMA_INVALID')).toMatchObject({
      place: { file: 'apps/web/overlays/dev/patch.yaml', line: 14 },
      message: 'spec.template.spec.containers[0].resources.limits.memory is no quantity',
      hint: expect.stringMatching(
        /256Mi.* \(rendered: edit clusters\/dev\/values.yaml, templates\/x.njk\)$/,
      ) as string,
    });
  });
});
