import { appendLines } from '../../ports/logs.ts';
import type { PartStatus, SupervisorStatus } from './plan.ts';
import { writeStatusFile } from './status-file.ts';

/** What the supervisor knows about its parts, kept equal on disk. */
export interface Report {
  part(name: string): PartStatus;
  /** Changes what is known; resolves when the file holds it, or the disk is full. */
  update(name: string, change: Partial<PartStatus>): Promise<void>;
  setState(state: SupervisorStatus['state']): Promise<void>;
  /** Adds one line to the story of this cluster: `run/events.log`. */
  event(text: string): Promise<void>;
}

/** @param now For the events' time stamps. */
export function reportTo(
  files: { readonly status: string; readonly events: string },
  first: SupervisorStatus,
  now: () => number,
): Report {
  let status = first;
  let writing = Promise.resolve();
  const write = async (): Promise<void> => {
    // One write after the other, each with what is known when its turn comes. A full disk must not end the cluster.
    writing = writing.then(async () => writeStatusFile(files.status, status)).catch(() => undefined);
    return writing;
  };
  return {
    part: (name) => {
      const found = status.parts.find((part) => part.name === name);
      if (!found) throw new Error(`no part ${name}`);
      return found;
    },
    update: async (name, change) => {
      status = {
        ...status,
        parts: status.parts.map((part) => (part.name === name ? { ...part, ...change } : part)),
      };
      await write();
    },
    setState: async (state) => {
      status = { ...status, state };
      await write();
    },
    event: async (text) =>
      appendLines(files.events, `${new Date(now()).toISOString()} ${text}\n`).catch(() => undefined),
  };
}
