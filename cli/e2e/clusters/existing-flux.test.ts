import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { automated, setImages } from '../../testing/automated-stage.ts';
import { borrowCluster, type BorrowedCluster } from '../../testing/borrowed-cluster.ts';
import type { Machine } from '../../testing/e2e-machine.ts';
import {
  bootstrapStage,
  existingMachine,
  useCluster,
  type ExistingMachine,
} from '../../testing/existing-machine.ts';
import { officialManifests } from '../../testing/flux-artifact.ts';
import { versions } from '../../toolchain/versions.ts';

// Flux in a cluster that was there before: what it is compared with, and how it manages itself.
let hosted: ExistingMachine;
let machine: Machine;
let cluster: BorrowedCluster;
/** Of the next minor version. */
const next = versions.flux.replace(
  /^(\d+)\.(\d+)\..*/,
  (_, major, minor) => `${major}.${Number(minor) + 1}.0`,
);

beforeAll(async () => {
  hosted = await existingMachine();
  ({ machine } = hosted);
  cluster = await borrowCluster(join(machine.folder, 'elsewhere'), 'ops');
  await cluster.startControllers();
  useCluster(machine, cluster);
  const change = (text: string): string =>
    text
      .replaceAll(`app.kubernetes.io/version: v${versions.flux}`, `app.kubernetes.io/version: v${next}`)
      .replaceAll(
        'controller-gen.kubebuilder.io/version:',
        'next: "9"\n    controller-gen.kubebuilder.io/version:',
      );
  const { registry, artifact } = hosted;
  await registry.push(
    artifact,
    `v${next}`,
    await officialManifests(join(machine.folder, 'official'), change),
  );
  await bootstrapStage(hosted, cluster);
});
afterAll(async () => {
  await cluster.remove();
  expect(await hosted.dispose()).toEqual([]);
});

describe('flux check', () => {
  it('finds what is pinned, and tells what is not', async () => {
    const { exitCode, document } = await machine.json('flux', 'check', 'stage');
    expect({ exitCode, data: document.data }).toMatchObject({ exitCode: 0, data: { same: true } });
    await cluster.kubectl([
      'set',
      'image',
      'deployment/helm-controller',
      '--namespace=flux-system',
      'manager=example.test/h:v0',
    ]);

    const other = await machine.platform('flux', 'check', 'stage');

    expect(other.exitCode).toBe(1);
    expect(other.stdout).toMatch(
      /^helm-controller +another +example.test\/h:v0 +pinned: ghcr.io\/fluxcd\/helm-controller:v/m,
    );
    expect(other.stdout).toMatch(/^kustomizations.kustomize.toolkit.fluxcd.io +as pinned +v1/m);
    expect(other.stderr).toContain('platform upgrade flux stage');
  });
});

describe('Flux', () => {
  const labels = async (): Promise<string> =>
    cluster.kubectl([
      'get',
      'deployments',
      '--namespace=flux-system',
      '--output=jsonpath={range .items[*]}{.metadata.labels.app\\.kubernetes\\.io/version} {end}',
    ]);
  /** Moves the pin in the clone. @returns What the upgrade says before that is rendered. */
  const pin = async (version: string): ReturnType<Machine['json']> => {
    const pins = JSON.parse(readFileSync(join(machine.clone, 'versions.json'), 'utf8')) as object;
    await machine.write('versions.json', JSON.stringify({ ...pins, flux: version }, undefined, 2));
    return machine.json('upgrade', 'flux', 'stage');
  };
  const publish = async (): Promise<void> => {
    expect(await machine.platform('render', 'stage')).toMatchObject({ exitCode: 0 });
    machine.git('commit', '--all', '--message', 'Move the pin of Flux');
    await hosted.gitOverNetwork('push', '--quiet', 'origin', 'HEAD:main');
  };

  it('manages itself by the official artifact, without what is not used', async () => {
    const owner = '--selector=kustomize.toolkit.fluxcd.io/name=flux';
    expect(await cluster.names('deployments', '--all-namespaces', owner)).toEqual(
      ['helm', 'kustomize', 'source'].map((name) => `deployment.apps/${name}-controller`),
    );
    expect(
      await cluster.names('serviceaccount', 'notification-controller', '--namespace=flux-system'),
    ).toEqual([]);
    expect(await cluster.names('crds', owner)).toHaveLength(8);
    expect(await cluster.names('crd', 'alerts.notification.toolkit.fluxcd.io')).toEqual([]);
    const args = [
      'get',
      'deployment/kustomize-controller',
      '--namespace=flux-system',
      '--output=jsonpath={.spec.template.spec.containers[0].args}',
    ];
    expect(await cluster.kubectl(args)).toContain('"--requeue-dependency=1s"');
    expect(
      await cluster.names('clusterrolebindings', '--selector=app.kubernetes.io/instance=flux-system'),
    ).toHaveLength(2);
  });

  it('takes definitions and controllers of another version together, when its pin is pushed', async () => {
    const early = await pin(next);
    expect(early.document.error).toMatchObject({ code: 'RENDER_STALE' });
    expect(early.document.error?.hint).toMatch(
      /^platform render stage && git add versions.json .* && git push$/,
    );
    const source = ['gitrepository/platform', '--namespace=flux-system', '--type=merge'];
    await cluster.kubectl(['patch', ...source, '--patch={"spec":{"interval":"1h"}}']); // or Flux may see the push before the upgrade does

    await publish();
    const { exitCode, document } = await machine.json('upgrade', 'flux', 'stage');

    expect({ exitCode, data: document.data }).toMatchObject({
      exitCode: 0,
      data: { from: versions.flux, flux: next, same: true, changed: true },
    });
    expect(await labels()).toBe(`v${next} `.repeat(3));
    const crd = 'crd/gitrepositories.source.toolkit.fluxcd.io';
    expect(await cluster.kubectl(['get', crd, '--output=jsonpath={.metadata.annotations.next}'])).toBe('9');
  });

  it('goes back to an older version only where that is allowed', async () => {
    await pin(versions.flux);
    await publish();
    expect((await machine.json('upgrade', 'flux', 'stage')).document.error).toMatchObject({
      code: 'FLUX_UPGRADE_REFUSED',
      message: `Flux of stage is v${next}, newer than v${versions.flux}, which is pinned here: that would be a downgrade`,
    });

    const back = await machine.json('upgrade', 'flux', 'stage', '--allow-downgrade');

    expect(back).toMatchObject({ exitCode: 0, document: { data: { from: next, flux: versions.flux } } });
    expect(await labels()).toBe(`v${versions.flux} `.repeat(3));
  });
});

describe('the image of an app', () => {
  it('is in Flux’s hands once values say so, and what Flux commits is left to publish', async () => {
    const path = 'clusters/stage/values.yaml';
    await machine.write(path, automated(readFileSync(join(machine.clone, path), 'utf8')));
    const given = await machine.json('deploy', 'stage', '--yes', '-m', 'Let Flux update trades');
    expect(given).toMatchObject({ exitCode: 0 });
    await vi.waitFor(
      async () =>
        expect(
          await cluster.names('imagepolicies,imageupdateautomations', '--namespace=flux-system'),
        ).toEqual([
          'imagepolicy.image.toolkit.fluxcd.io/trades-stage',
          'imageupdateautomation.image.toolkit.fluxcd.io/platform',
        ]),
      { timeout: 60_000, interval: 500 },
    );
    const binding = ['get', 'clusterrolebinding/crd-controller-flux-system', '--output=jsonpath={.subjects}'];
    expect(await cluster.kubectl(binding)).toMatch(
      /"image-reflector-controller".*"image-automation-controller"/,
    );

    await setImages(machine.clone, 'flux-system:trades-stage=0.2.0');
    machine.git('commit', '--all', '--message', 'stage: run newer images');

    expect(await machine.platform('render', '--check', 'stage')).toMatchObject({ exitCode: 0 });
    const { exitCode, document } = await machine.json('deploy', 'stage', '--yes');
    expect({ exitCode, data: document.data }).toMatchObject({ exitCode: 0, data: { committed: false } });
    const image = '--output=jsonpath={.spec.template.spec.containers[0].image}';
    expect(await cluster.kubectl(['get', 'deployment/trades', '--namespace=ml', image])).toMatch(/:0\.2\.0$/);
  });
});
