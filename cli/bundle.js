// `npm run build`: makes dist/ of the TypeScript. Plain JavaScript, since it has to run before anything is built.
//   node cli/bundle.js cli|page|supervisor|bench [--outdir=<folder>]
// Each file goes to its side and is renamed, those that others import first: a CLI that starts meanwhile, and a second build,
// see whole files of one build or the other. Their names hold a digest of their content, so files of two builds never clash.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, transform } from 'esbuild';

const root = join(import.meta.dirname, '..');

const bundles = {
  cli: {
    entryPoints: {
      main: 'cli/main.ts',
      'render-thread': 'cli/render/render-thread.ts',
      'write-thread': 'cli/ports/write-thread.ts',
    },
    outdir: 'dist',
    splitting: true,
    outExtension: { '.js': '.cjs' },
    sourcemap: 'inline',
    sourcesContent: false,
    minifyWhitespace: true, // a tenth less to read and compile, each time a command starts
    minifySyntax: true,
    banner: {},
    commonJs: true,
  },
  page: {
    entryPoints: { app: 'cli/dashboard/page/main.tsx', index: 'cli/dashboard/page/index.html' },
    outdir: 'dist/page',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    loader: { '.html': 'copy' },
    jsx: 'automatic',
    jsxImportSource: 'preact',
    banner: {},
  },
  supervisor: { entryPoints: { supervisor: 'cli/engines/supervisor/main.ts' }, outdir: 'dist' },
  bench: {
    entryPoints: { main: 'cli/bench/main.ts', soak: 'cli/bench/soak/main.ts' },
    outdir: 'dist/bench',
    splitting: true,
    external: ['vitest'],
  },
};

// A CLI that still runs may import a chunk of its own build later on; what runs for longer has done so by then.
const keptMs = 24 * 60 * 60 * 1000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { outdir: { type: 'string' } },
});
for (const name of positionals) {
  const { outdir, ...options } = bundles[name];
  const given = values.outdir && join(values.outdir, name === 'page' ? 'page' : '');
  await bundle(resolve(root, given ?? outdir), options);
}

async function bundle(outdir, { commonJs = false, ...options }) {
  const { outputFiles: built } = await build({
    platform: 'node',
    target: 'node20',
    banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
    ...options,
    absWorkingDir: root,
    outdir,
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'warning',
  });
  const outputFiles = commonJs ? (await Promise.all(built.map(asCommonJs))).flat() : built;
  mkdirSync(outdir, { recursive: true });
  const isEntry = ({ path }) => basename(path).replace(/\.c?js(\.map)?$/, '') in options.entryPoints;
  for (const file of outputFiles.toSorted((a, b) => isEntry(a) - isEntry(b))) {
    const side = `${file.path}.${randomBytes(6).toString('hex')}.tmp`;
    writeFileSync(side, file.contents);
    renameSync(side, file.path);
  }
  removeOld(outdir);
  if (commonJs) rmSync(join(outdir, 'compiled'), { recursive: true, force: true }); // of the files before: see cli/main.ts
}

/**
 * One file of a build as a CommonJS module, and its source map. Node loads dozens of these in two thirds of the time that
 * it takes for ECMAScript modules, and esbuild splits only the latter.
 */
async function asCommonJs({ path, text }) {
  const { code, map } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false }, // else each of them would go through the loader of the others
    define: { 'import.meta.dirname': '__dirname' },
    minifyWhitespace: true,
    sourcefile: basename(path),
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'error', // the build warned already
  });
  return [
    { path, contents: `${code}//# sourceMappingURL=${basename(path)}.map\n` },
    { path: `${path}.map`, contents: map },
  ];
}

/** Chunks of earlier builds, and what a build that was killed left at its side. What this build wrote is new. */
function removeOld(folder) {
  for (const name of readdirSync(folder).filter((one) => /\.c?js(\.map)?$|\.tmp$/.test(one))) {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false }); // another build removes them, too
    if (found && Date.now() - found.mtimeMs > keptMs) rmSync(path, { force: true });
  }
}
