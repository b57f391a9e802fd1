import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What of this process's environment a fresh machine has as well: where programs are, and the way to the outside. */
const kept =
  /^(PATH|LANG|LC_.*|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|PLATFORM_TOOLS_DIR|GO(PROXY|FLAGS|SUMDB|NOSUMDB|PRIVATE|TOOLCHAIN))$/i;

/** Where no Docker daemon answers: tests run on the embedded engine, also on a machine that has Docker. */
const noDocker = 'unix:///nonexistent/docker.sock';

/**
 * The environment of a person with an empty home and no Docker. The tool cache and Go's caches are those of the real user, or each
 * suite would build Kubernetes.
 */
export function realEnvironment(home: string): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.test(name)));
  return {
    ...env,
    HOME: home,
    DOCKER_HOST: noDocker,
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    ...goCaches(),
  };
}

function goCaches(): NodeJS.ProcessEnv {
  try {
    const names = ['GOCACHE', 'GOMODCACHE', 'GOENV'];
    return JSON.parse(
      execFileSync('go', ['env', '-json', ...names], { encoding: 'utf8' }),
    ) as NodeJS.ProcessEnv;
  } catch {
    return {}; // no Go: then the programs are in the cache already
  }
}

/** How npm reaches its registry, which a person may have said in the file that an empty home lacks; and its cache. */
export function userConfiguration(home: string): NodeJS.ProcessEnv {
  const file = process.env['npm_config_userconfig'] ?? join(home, '.npmrc');
  return {
    npm_config_cache: process.env['npm_config_cache'] ?? join(home, '.npm'),
    ...(existsSync(file) ? { npm_config_userconfig: file } : {}),
  };
}
