import { answerAsThread } from '../ports/threads.ts';
import { renderNamed, type RenderShare } from './render-together.ts';

// The entry of a thread: esbuild makes dist/render-thread.cjs of it.
void answerAsThread(async (input) => {
  const { root, names } = input as RenderShare;
  return renderNamed({ root }, names);
});
