import type { Machine } from './e2e-machine.ts';

export interface OpenDashboard {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly token: string;
  /** What a person opens: both of them. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** `platform dashboard dev`, until it is closed. */
export async function openDashboard(machine: Machine): Promise<OpenDashboard> {
  const { child, says, ended } = machine.start('dashboard', 'dev');
  let said = '';
  child.stderr?.on('data', (text: string) => (said += text));
  await says('until Ctrl-C');
  const [url = '', origin = '', token = ''] = /(http:\/\/127\.0\.0\.1:\d+)\/#t=([\w-]+)/.exec(said) ?? [];
  return {
    origin,
    token,
    url,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
