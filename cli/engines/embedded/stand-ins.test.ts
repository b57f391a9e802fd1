import { expect, it } from 'vitest';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { standInsOf, withoutStandIn } from './stand-ins.ts';

it('names what a cluster has only as a stand-in, of the components that the environment has', () => {
  expect(standInsOf([])).toEqual([]);
  expect(standInsOf(['external-secrets', 'reloader']).map(({ says }) => says)).toEqual([
    expect.stringMatching(/^external-secrets runs as a process, version \d/),
  ]);
});

it('finds the components whose kinds or whose process the cluster was started without', async () => {
  const folder = await temporaryTree({ 'eventing.keda-next.sh_scaledobjects.yaml': '' }); // a group may have hyphens
  const tools = {
    programs: async () => Promise.reject(new Error('not needed here')),
    assets: async () => Promise.resolve(folder),
  };
  const lacking = async (enabled: string[], served: string, missing: string[]): Promise<string[]> =>
    withoutStandIn(standInsOf(enabled), tools, async () => Promise.resolve(served), missing);
  const crd = 'customresourcedefinition.apiextensions.k8s.io/scaledobjects.eventing.keda-next.sh\n';

  expect(await lacking(['keda'], crd, [])).toEqual([]);
  expect(await lacking(['keda'], '', [])).toEqual(['keda']);
  expect(await lacking(['external-secrets'], crd, ['external-secrets'])).toEqual(['external-secrets']);
  expect(await lacking(['metrics-server'], '', [])).toEqual([]);
});
