import type { Progress } from './progress.ts';

/** Runs the steps and keeps what was said, in order: `step: create cluster`, `note: …`, `warn: …`. */
export function recordedProgress(): Progress & { readonly story: string[] } {
  const story: string[] = [];
  const done: { title: string; ms: number }[] = [];
  return {
    story,
    begin: () => undefined,
    step: async (title, work) => {
      story.push(`step: ${title}`);
      const result = await work(() => undefined);
      done.push({ title, ms: 0 });
      return result;
    },
    note: (line) => void story.push(`note: ${line}`),
    warn: (line) => void story.push(`warn: ${line}`),
    finished: () => done,
  };
}
