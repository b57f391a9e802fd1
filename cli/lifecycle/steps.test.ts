import { expect, it } from 'vitest';
import { recordedProgress } from '../ports/progress.fake.ts';
import { runSteps, type Step } from './steps.ts';

const shield = async <T>(work: () => Promise<T>): Promise<T> => work();
const step = (title: string, result: 'already' | 'done'): Step => ({ title, run: async () => result });

it('says whether any step had something to do', async () => {
  const deps = { progress: recordedProgress(), interrupted: new AbortController().signal, shield };
  expect(await runSteps(deps, [step('a', 'already'), step('b', 'already')])).toBe(false);
  expect(await runSteps(deps, [step('a', 'already'), step('b', 'done')])).toBe(true);
});

it('lets the running step end after Ctrl-C, begins no further one, and says where it stopped', async () => {
  const controller = new AbortController();
  const progress = recordedProgress();
  const ended: string[] = [];
  const interrupting: Step = {
    title: 'first',
    run: async () => {
      controller.abort();
      ended.push('first');
      return 'done';
    },
  };

  const running = runSteps({ progress, interrupted: controller.signal, shield }, [
    interrupting,
    step('second', 'done'),
  ]);

  await expect(running).rejects.toMatchObject({
    code: 'INTERRUPTED',
    exitCode: 130,
    message: 'stopped before "second" (1 of 2 steps are done)',
  });
  expect(ended).toEqual(['first']);
  expect(progress.story).toEqual(['step: first']);
});
