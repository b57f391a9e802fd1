/**
 * The story that a command tells on standard error while it works. One implementation redraws a line on a terminal,
 * one appends lines for logs and CI; see progress-*.ts.
 */
export interface Progress {
  /** Announces how many steps follow, so that each shows as `[3/9]`. Without it, steps have no number. */
  begin(stepCount: number): void;
  /**
   * Runs one step and shows its title, its newest detail, and its outcome with the time it took.
   *
   * @param work Gets `say`, to replace the detail shown beside the title: `412/1903 k8s.io/apiserver/…`.
   *             Its result `'already'` shows the step as one that had nothing to do.
   */
  step<T>(title: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T>;
  note(line: string): void;
  warn(line: string): void;
  /** The steps so far with their milliseconds, for the summary at the end. */
  finished(): readonly { readonly title: string; readonly ms: number }[];
}
