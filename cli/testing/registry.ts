import { createHash, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
import { onTestFinished } from 'vitest';
import type { Program } from '../toolchain/programs.ts';
import { ensurePrograms } from '../toolchain/ensure-programs.ts';
import { fileServer, type FileServer } from './file-server.ts';
import { toolDeps } from './real-tools.ts';
import { temporaryTree } from './temporary-tree.ts';

const goModule = join(import.meta.dirname, 'go');

/** distribution's registry, pinned in cli/testing/go and kept in the same cache as the programs that a cluster needs. */
export async function registryProgram(): Promise<string> {
  const pin = /distribution\/v3 v(\S+)$/m.exec(readFileSync(join(goModule, 'go.mod'), 'utf8'))?.[1] ?? '';
  const program: Program = {
    name: 'registry',
    version: pin,
    module: 'platform.local/testing',
    package: 'platform.local/testing/registry',
    engines: [],
    use: 'a test',
    sizeMb: 30,
    buildSeconds: 50,
  };
  const say = (): void => undefined;
  const { registry } = await ensurePrograms({ ...toolDeps, goModule }, ['registry'], say, {
    programs: [program],
    check: 'unless-unchanged',
  });
  return registry;
}

/** A real registry on 127.0.0.1 whose readers need a token; anyone gets one to pull. */
export interface Registry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly tokens: FileServer;
  /** @returns Its digest. */
  readonly pushBlob: (repository: string, content: Buffer) => Promise<string>;
  /** @param reference A tag, or the digest itself. @returns Its digest. */
  readonly pushManifest: (repository: string, manifest: object, reference?: string) => Promise<string>;
}

export async function startRegistry(): Promise<Registry> {
  const [program, port, tokens] = [
    await registryProgram(),
    await getPort({ host: '127.0.0.1' }),
    await fileServer(),
  ];
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const folder = await temporaryTree({
    'jwks.json': JSON.stringify({
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'RS256' }],
    }),
  });
  const realm = tokens.url('/token').href;
  const auth = { token: { realm, service: 'test', issuer: 'test', jwks: join(folder, 'jwks.json') } };
  const config = {
    version: 0.1,
    log: { level: 'error' },
    storage: { inmemory: {} },
    http: { addr: `127.0.0.1:${port}` },
    auth,
  };
  await writeFile(join(folder, 'config.yaml'), JSON.stringify(config));
  tokens.on('/token', ({ url }, response) => {
    const repository = /^repository:([^:]+):pull$/.exec(
      new URL(url ?? '', realm).searchParams.get('scope') ?? '',
    )?.[1];
    response.end(JSON.stringify({ token: token(privateKey, repository ?? '', ['pull']) }));
  });
  const child = spawn(program, ['serve', join(folder, 'config.yaml')], {
    stdio: 'ignore',
    env: { OTEL_TRACES_EXPORTER: 'none' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const host = `127.0.0.1:${port}`;
  await untilItAnswers(`http://${host}/v2/`);

  const push = async (
    repository: string,
    path: string,
    method: string,
    type: string,
    body?: Buffer,
  ): Promise<Response> => {
    const authorization = `Bearer ${token(privateKey, repository, ['pull', 'push'])}`;
    const response = await fetch(new URL(path, `http://${host}/`), {
      method,
      headers: { authorization, 'content-type': type },
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path}: ${String(response.status)} ${await response.text()}`);
    return response;
  };
  return {
    host,
    tokens,
    pushBlob: async (repository, content) => {
      const begun = await push(
        repository,
        `/v2/${repository}/blobs/uploads/`,
        'POST',
        'application/octet-stream',
      );
      const upload = new URL(begun.headers.get('location') ?? '', `http://${host}/`);
      upload.searchParams.set('digest', digestOf(content));
      await push(repository, upload.href, 'PUT', 'application/octet-stream', content);
      return digestOf(content);
    },
    pushManifest: async (repository, manifest, reference) => {
      const content = Buffer.from(JSON.stringify(manifest));
      const { mediaType } = manifest as { mediaType: string };
      await push(
        repository,
        `/v2/${repository}/manifests/${reference ?? digestOf(content)}`,
        'PUT',
        mediaType,
        content,
      );
      return digestOf(content);
    },
  };
}

/** A real registry on 127.0.0.1 that anyone may push to. @returns `127.0.0.1:<port>` */
export async function startOpenRegistry(): Promise<string> {
  const [program, port] = [await registryProgram(), await getPort({ host: '127.0.0.1' })];
  const host = `127.0.0.1:${port}`;
  const config = { version: 0.1, log: { level: 'error' }, storage: { inmemory: {} }, http: { addr: host } };
  const folder = await temporaryTree({ 'config.yaml': JSON.stringify(config) });
  const child = spawn(program, ['serve', join(folder, 'config.yaml')], {
    stdio: 'ignore',
    env: { OTEL_TRACES_EXPORTER: 'none' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await untilItAnswers(`http://${host}/v2/`);
  return host;
}

export function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

async function untilItAnswers(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} does not answer within 10 s`);
}

/** @see {@link https://distribution.github.io/distribution/spec/auth/jwt/} */
function token(key: KeyObject, repository: string, actions: readonly string[]): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const access = [{ type: 'repository', name: repository, actions }];
  const claims = {
    iss: 'test',
    sub: '',
    aud: 'test',
    exp: now + 600,
    nbf: now - 60,
    iat: now,
    jti: '1',
    access,
  };
  const signed = `${part({ typ: 'JWT', alg: 'RS256', kid: 'test' })}.${part(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key).toString('base64url')}`;
}
