import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

/** One commit with every file that git would take from this checkout. */
export function publishCheckout(origin: string, env: NodeJS.ProcessEnv): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  for (const path of new Set(listed.split('\0'))) {
    if (path === '' || !existsSync(join(repositoryRoot, path))) continue;
    mkdirSync(dirname(join(origin, path)), { recursive: true });
    copyFileSync(join(repositoryRoot, path), join(origin, path)); // keeps the mode
  }
  // Tests name the cluster; whose repository this is must not matter to them.
  const platform = join(origin, 'platform.yaml');
  writeFileSync(platform, readFileSync(platform, 'utf8').replace(/^client: \S+/m, 'client: acme'));
  const git = (...args: string[]): unknown =>
    execFileSync('git', args, { cwd: origin, env, stdio: 'ignore' });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Start');
}
