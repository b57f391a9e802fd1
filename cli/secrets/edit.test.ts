import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { newAgeKey, writeAgeKey } from '../lifecycle/age-key.ts';
import type { Deps } from '../ports/deps.ts';
import { locationsFrom } from '../ports/locations.ts';
import { recordedTerminal } from '../ports/terminal.fake.ts';
import { copiedRepository } from '../testing/copied-repository.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { editSecret } from './edit.ts';

const file = 'clusters/dev/secrets/exchange.yaml';
let root: string;
let home: string;
/** Whether what the editor prints was thrown away, for each time that one was opened. */
let opened: (boolean | undefined)[];

beforeEach(async () => {
  home = await temporaryTree({});
  root = await copiedRepository({
    'clusters/dev/values.yaml': '{}\n',
    [file]:
      'apiVersion: v1\nkind: Secret\nmetadata: { name: exchange, namespace: ml }\ndata: { token: aHVudGVy }\n',
  });
  await writeAgeKey(join(home, '.config/platform/acme/dev.agekey'), await newAgeKey());
  opened = [];
});

/** With these streams on a terminal, and an editor that changes nothing. */
async function edit(streams: { canAsk: boolean; outIsTerminal: boolean }, editor?: string): Promise<unknown> {
  const deps: Partial<Deps> = {
    root,
    locations: locationsFrom({ HOME: home, EDITOR: editor }),
    terminal: recordedTerminal([], streams),
    attach: async (_, quiet) => {
      opened.push(quiet);
      return Promise.resolve(0);
    },
  };
  return editSecret(deps as Deps, 'dev', 'exchange', undefined);
}

it.each([
  { canAsk: false, outIsTerminal: true },
  { canAsk: true, outIsTerminal: false },
  { canAsk: false, outIsTerminal: false },
])('opens no editor of its own choice with %o', async (streams) => {
  await expect(edit(streams)).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringContaining('platform secrets set dev exchange <key> < <file>') as string,
  });
  expect(opened).toEqual([]);
});

it('opens the one that is named, and throws away what that prints where it is not to a terminal', async () => {
  await edit({ canAsk: false, outIsTerminal: false }, 'sed -i s/a/b/');
  await edit({ canAsk: true, outIsTerminal: false }, 'cat');

  expect(opened).toEqual([true, true]);
});

it('shows the editor on a terminal, also on one that does not tell its width', async () => {
  expect(await edit({ canAsk: true, outIsTerminal: true })).toEqual({ file, changed: true });
  expect(opened).toEqual([false]);
});
