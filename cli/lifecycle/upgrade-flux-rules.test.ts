import { describe, expect, it } from 'vitest';
import { versions } from '../toolchain/versions.ts';
import { requireUpgradable, type UpgradeQuestion } from './upgrade-flux-rules.ts';

const pinned = versions['source-controller'];
const ask = (change: Partial<UpgradeQuestion>): void =>
  requireUpgradable({
    environment: 'dev',
    distribution: [versions.flux],
    controllers: [{ name: 'source-controller', running: `v${pinned}`, pinned: `v${pinned}` }],
    kubernetes: `v${versions.kubernetes}`,
    allowDowngrade: false,
    ...change,
  });
const [major = 0, minor = 0] = versions.flux.split('.').map(Number);
const newer = `${major}.${minor + 1}.0`;

describe('an upgrade of Flux', () => {
  it.each([
    ['to the version that runs', {}],
    ['from the minor version before', { distribution: [`${major}.${minor - 1}.3`] }],
    ['that was stopped half-way', { distribution: [`${major}.${minor - 1}.3`, versions.flux] }],
    ['of a cluster that tells no version', { distribution: [], controllers: [] }],
    [
      'of an image with a tag that is no version',
      { controllers: [{ name: 'source-controller', running: 'nightly', pinned: `v${pinned}` }] },
    ],
    ['down, where that is allowed', { distribution: [newer], allowDowngrade: true }],
  ])('%s is let through', (_, change) => {
    expect(() => ask(change)).not.toThrow();
  });

  it.each([
    [
      'down',
      { distribution: [newer] },
      `Flux of dev is v${newer}, newer than v${versions.flux}, which is pinned here: that would be a downgrade`,
      /--allow-downgrade/,
    ],
    [
      'of one controller down',
      { controllers: [{ name: 'helm-controller', running: 'v99.0.0', pinned: 'v1.0.0' }] },
      'helm-controller of dev is v99.0.0, newer than v1.0.0, which is pinned here: that would be a downgrade',
      /--allow-downgrade/,
    ],
    [
      'over a minor version',
      { distribution: [`${major}.${minor - 2}.1`], allowDowngrade: true },
      `Flux of dev is v${major}.${minor - 2}.1 and v${versions.flux} is pinned: that skips a minor version`,
      /docs\/flux-system\.md/,
    ],
    [
      'over a minor version, told by a controller alone',
      {
        distribution: [],
        controllers: [{ name: 'source-controller', running: 'v1.4.0', pinned: 'v1.6.0' }],
      },
      'source-controller of dev is v1.4.0 and v1.6.0 is pinned: that skips a minor version',
      /docs\/flux-system\.md/,
    ],
    [
      'over a major version',
      { distribution: [`${major - 1}.99.0`] },
      `Flux of dev is v${major - 1}.99.0 and v${versions.flux} is pinned: that skips a minor version`,
      /docs\/flux-system\.md/,
    ],
    [
      'on a Kubernetes that is too old',
      { kubernetes: 'v1.30.2-eks-1' },
      `Kubernetes of dev is v1.30.2-eks-1, and Flux v${versions.flux} needs v${versions['flux-kubernetes']} or newer`,
      /^Upgrade the cluster/,
    ],
  ])('%s is refused', (_, change, message, hint) => {
    expect(() => ask(change)).toThrow(
      expect.objectContaining({
        code: 'FLUX_UPGRADE_REFUSED',
        message: expect.stringContaining(message) as string,
        hint: expect.stringMatching(hint) as string,
      }) as Error,
    );
  });
});
