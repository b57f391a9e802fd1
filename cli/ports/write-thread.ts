import { answerAsThread } from './threads.ts';
import { writeSides, type SideWrites } from './write-together.ts';

// The entry of a thread: esbuild makes dist/write-thread.cjs of it.
void answerAsThread(async (input) => {
  await writeSides(input as SideWrites);
  return true;
});
