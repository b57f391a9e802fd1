import { quote } from './run.ts';

/** The beginning of a kubectl command line for one context of a kubeconfig file, to paste. */
export function kubectlFor(file: string, context: string | undefined): string {
  return ['kubectl', '--kubeconfig', file, ...(context === undefined ? [] : ['--context', context])]
    .map(quote)
    .join(' ');
}
