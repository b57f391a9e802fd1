import { formatPlace, PlatformError } from './platform-error.ts';

/** The marks and colours that the stream can show. */
export interface PresentStyle {
  readonly red: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly unicode: boolean;
  readonly verbose: boolean;
}

/** The one place where an error becomes text: what, why, the command that fixes it, the code. Ends with a newline. */
export function presentError(error: unknown, style: PresentStyle): string {
  const cross = style.unicode ? '✗' : 'x';
  const arrow = style.unicode ? '→' : '->';
  if (!(error instanceof PlatformError))
    return presentBug(error, { ...style, cross: style.red(cross), arrow });
  const lines = [`${style.red(cross)} ${error.message}`];
  for (const detail of error.details) {
    const place = detail.place ? `${formatPlace(detail.place)} ` : '';
    lines.push(
      `    ${place}${detail.message}${detail.hint === undefined ? '' : style.dim(`  ${arrow} ${detail.hint}`)}`,
    );
  }
  lines.push(`${arrow} ${error.hint}`);
  if (error.log !== undefined) lines.push(style.dim(`  log ${error.log}`));
  lines.push(style.dim(`  code ${error.code}`));
  if (style.verbose) lines.push(...causes(error).map((line) => style.dim(line)));
  return `${lines.join('\n')}\n`;
}

/** Its stack names lines of the source only with --verbose: reading the source maps makes a command a sixth slower. */
function presentBug(
  error: unknown,
  { cross, arrow, verbose }: { cross: string; arrow: string; verbose: boolean },
): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const better = verbose ? '' : ' Best after --verbose: they name lines of the source then.';
  return `${cross} This is a bug in platform: an error that nobody foresaw.\n${text}\n${arrow} Please report it with the command you ran and the lines above.${better}\n`;
}

function causes(error: Error): string[] {
  const lines: string[] = [];
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    lines.push(`  caused by ${cause.stack ?? cause.message}`);
  }
  return lines;
}

/** The `error` member of a JSON document. */
export function errorDocument(error: unknown): {
  code: string;
  message: string;
  hint: string;
  details?: { message: string; file?: string; line?: number; column?: number; hint?: string }[];
  log?: string;
} {
  if (!(error instanceof PlatformError)) {
    return {
      code: 'BUG',
      message: error instanceof Error ? error.message : String(error),
      hint: 'Please report it.',
    };
  }
  return {
    code: error.code,
    message: error.message,
    hint: error.hint,
    ...(error.details.length === 0
      ? {}
      : {
          details: error.details.map(({ message, place, hint }) => ({
            message,
            ...(place === undefined ? {} : { file: place.file }),
            ...(place?.line === undefined ? {} : { line: place.line }),
            ...(place?.column === undefined ? {} : { column: place.column }),
            ...(hint === undefined ? {} : { hint }),
          })),
        }),
    ...(error.log === undefined ? {} : { log: error.log }),
  };
}
