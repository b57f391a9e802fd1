import type { KubeObject } from '../ports/kube.ts';
import { fieldsAt, listAt, numberAt, textAt, valueAt } from './fields.ts';
import type { Container } from './model-parts.ts';
import type { State } from './model.ts';

/** The containers of a pod, init containers first, each with what its status says. */
export function containersOf(pod: KubeObject): Container[] {
  const of = (specs: string, statuses: string, init: boolean): Container[] =>
    listAt(pod, 'spec', specs).map((spec) => {
      const name = textAt(spec, 'name');
      const status = listAt(pod, 'status', statuses).find((each) => textAt(each, 'name') === name);
      const image = textAt(spec, 'image') || textAt(status, 'image');
      const restarts = numberAt(status, 'restartCount') ?? 0;
      return { name, init, image, restarts, ...stateOf(status, init) };
    });
  return [
    ...of('initContainers', 'initContainerStatuses', true),
    ...of('containers', 'containerStatuses', false),
  ];
}

function stateOf(status: unknown, init: boolean): { state: State; message: string } {
  const ended = fieldsAt(status, 'state', 'terminated');
  const exitCode = numberAt(ended, 'exitCode');
  if (exitCode !== undefined) {
    const reason = textAt(ended, 'reason');
    const why = exitCode === 0 || reason === '' ? '' : ` (${reason})`;
    return {
      state: exitCode === 0 ? 'Ready' : 'Failed',
      message: `ended with exit code ${exitCode}${why}`,
    };
  }
  const waiting = textAt(status, 'state', 'waiting', 'reason');
  if (waiting !== '') {
    const onItsWay = waiting === 'ContainerCreating' || waiting === 'PodInitializing';
    return { state: onItsWay ? 'Reconciling' : 'Failed', message: `waiting: ${waiting}` };
  }
  if (valueAt(status, 'state', 'running') === undefined) return { state: 'Unknown', message: 'not started' };
  const ready = init || valueAt(status, 'ready') === true;
  return { state: ready ? 'Ready' : 'Reconciling', message: ready ? 'running' : 'running, not ready' };
}
