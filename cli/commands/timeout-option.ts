import { InvalidArgumentError, Option } from 'commander';

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `--timeout 90s`: gives milliseconds. */
export function timeoutOption(defaultText: string, what: string): Option {
  return new Option('--timeout <duration>', `${what}, e.g. 90s or 10m`)
    .argParser(parseDuration)
    .default(parseDuration(defaultText), defaultText);
}

export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const ms = Number(match?.[1]) * units[(match?.[2] ?? 's') as keyof typeof units];
  if (!match || ms <= 0)
    throw new InvalidArgumentError('A duration is a number with ms, s, m or h: 90s, 10m.');
  return ms;
}
