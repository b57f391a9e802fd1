import { describe, expect, it } from 'vitest';
import { recordedTerminal } from '../ports/terminal.fake.ts';
import { confirmByName } from './confirm.ts';

const options = { command: 'delete', name: 'dev', given: undefined, consequences: 'All pods of dev go.' };
const refusal = { code: 'NOT_CONFIRMED', exitCode: 3, hint: 'platform delete dev --confirm=dev' };

describe('confirmByName', () => {
  it('asks nothing where the name was given', async () => {
    const terminal = recordedTerminal();

    await confirmByName(terminal, { ...options, given: 'dev' });

    expect(terminal.stderr).toBe('');
  });

  it('refuses another name than the one of the environment', async () => {
    const refused = confirmByName(recordedTerminal(), { ...options, given: 'prod' });

    await expect(refused).rejects.toMatchObject(refusal);
    await expect(refused).rejects.toThrow('--confirm=prod is not the name of the environment, dev');
  });

  it('shows what will be lost, and refuses, where nobody can be asked', async () => {
    const terminal = recordedTerminal([], { canAsk: false });

    await expect(confirmByName(terminal, options)).rejects.toMatchObject(refusal);

    expect(terminal.stderr).toBe('All pods of dev go.\n');
  });

  it('goes on when the name is typed', async () => {
    const terminal = recordedTerminal(['dev'], { canAsk: true });

    await confirmByName(terminal, options);

    expect(terminal.stderr).toBe('All pods of dev go.\nType the name of the environment (dev) to go on: ');
  });

  it.each(['', 'y', 'yes', 'DEV'])('takes %j for no', async (answer) => {
    const terminal = recordedTerminal([answer], { canAsk: true });

    await expect(confirmByName(terminal, options)).rejects.toMatchObject(refusal);
  });
});
