import { createHash } from 'node:crypto';
import type { Snapshot } from './page-data.ts';
import type { ShellFile } from './shell.ts';

/**
 * The page and its data in one file, which opens from disk and asks nobody for anything: its policy allows its own script
 * and style by their digests, and no request at all.
 *
 * @param snapshot Goes in without answers: there is no server.
 */
export function exportPage(shell: ReadonlyMap<string, ShellFile>, { meta, model, git }: Snapshot): string {
  const [html = '', script = '', style = ''] = ['/', '/app.js', '/app.css'].map(
    (path) => shell.get(path)?.text,
  );
  const kept: Snapshot = { meta: { ...meta, mode: 'file', answers: [] }, model, ...(git ? { git } : {}) };
  // A `<` within the data could end the element that it lies in.
  const data = JSON.stringify(kept).replaceAll('<', '\\u003c');
  const policy = [
    "default-src 'none'",
    `script-src '${digestOf(script)}'`,
    `style-src '${digestOf(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const replacements: readonly (readonly [RegExp, string])[] = [
    [/<meta charset[^>]*>/, `$&<meta http-equiv="Content-Security-Policy" content="${policy}">`],
    [/<link rel="stylesheet"[^>]*>/, `<style>${style}</style>`],
    [
      /<script type="module"[^>]*><\/script>/,
      `<script type="application/json" id="snapshot">${data}</script><script type="module">${script}</script>`,
    ],
  ];
  return replacements.reduce(
    (text, [place, content]) =>
      text.replace(place, (found) => (content.startsWith('$&') ? found + content.slice(2) : content)),
    html,
  );
}

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
