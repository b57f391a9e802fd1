import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import getPort from 'get-port';
import { pack } from 'tar-stream';
import { stringify } from 'yaml';
import { composeFlux } from '../engines/flux/compose.ts';
import { listFiles } from '../ports/files.ts';
import type { KubeObject } from '../ports/kube.ts';
import { assetDirectory } from '../toolchain/assets.ts';
import { realRun, toolDeps } from './real-tools.ts';
import { registryProgram } from './registry.ts';

/** A registry of artifacts on 127.0.0.1 that anybody may read and write. */
export interface ArtifactRegistry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** Pushes manifests as `flux push artifact` does. */
  readonly push: (repository: string, tag: string, manifests: string) => Promise<void>;
  readonly stop: () => void;
}

export async function startArtifactRegistry(folder: string): Promise<ArtifactRegistry> {
  const host = `127.0.0.1:${String(await getPort({ host: '127.0.0.1' }))}`;
  const config = join(folder, 'registry.yaml');
  writeFileSync(
    config,
    stringify({ version: 0.1, log: { level: 'error' }, storage: { inmemory: {} }, http: { addr: host } }),
  );
  const env = { OTEL_TRACES_EXPORTER: 'none' };
  const child = spawn(await registryProgram(), ['serve', config], { stdio: 'ignore', env });
  const send = async (path: string, method: string, type: string, body?: Buffer): Promise<Response> => {
    const content = body === undefined ? {} : { body: new Uint8Array(body) };
    const response = await fetch(new URL(path, `http://${host}/`), {
      method,
      headers: { 'content-type': type },
      ...content,
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)}`);
    return response;
  };
  const pushBlob = async (repository: string, mediaType: string, content: Buffer): Promise<object> => {
    const type = 'application/octet-stream';
    const begun = await send(`/v2/${repository}/blobs/uploads/`, 'POST', type);
    const upload = new URL(begun.headers.get('location') ?? '', `http://${host}/`);
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    upload.searchParams.set('digest', digest);
    await send(upload.href, 'PUT', type, content);
    return { mediaType, digest, size: content.length };
  };
  for (let tries = 0; ; tries += 1) {
    if (await fetch(`http://${host}/v2/`).catch(() => undefined)) break;
    if (tries > 200) throw new Error('the registry does not answer within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    host,
    push: async (repository, tag, manifests) => {
      const flux = 'application/vnd.cncf.flux';
      const config = await pushBlob(repository, `${flux}.config.v1+json`, Buffer.from('{}'));
      const layer = await pushBlob(repository, `${flux}.content.v1.tar+gzip`, await archive(manifests));
      const mediaType = 'application/vnd.oci.image.manifest.v1+json';
      const annotations = { 'org.opencontainers.image.revision': `${tag}@sha1:${'0'.repeat(40)}` };
      const manifest = { schemaVersion: 2, mediaType, config, layers: [layer], annotations };
      const body = Buffer.from(JSON.stringify(manifest));
      await send(`/v2/${repository}/manifests/${tag}`, 'PUT', mediaType, body);
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

async function archive(manifests: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'gotk-components.yaml' }, manifests);
  tar.finalize();
  return gzipSync(await buffer(tar));
}

/**
 * What the official artifact holds: Flux's namespace, definitions and controllers without this repository's patches, and
 * controllers that it does not use.
 *
 * @param change Makes it another release.
 */
export async function officialManifests(
  folder: string,
  change: (text: string) => string = (text) => text,
): Promise<string> {
  mkdirSync(join(folder, 'flux-system'), { recursive: true });
  writeFileSync(join(folder, 'flux-system/patches.yaml'), '[]\n');
  const sources = {
    root: folder,
    manifests: await assetDirectory(toolDeps, 'flux-manifests'),
    temporary: folder,
  };
  const own = await composeFlux(realRun(), sources, { registry: 'ghcr.io/fluxcd', tags: {} });
  const crds = await assetDirectory(toolDeps, 'flux-crds');
  const files = (await listFiles(crds)).filter((file) => file.endsWith('.yaml'));
  const definitions = await Promise.all(files.map(async (file) => readFile(join(crds, file), 'utf8')));
  const labels = { 'pod-security.kubernetes.io/warn': 'restricted' };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system', labels } };
  const objects = [namespace, ...own, ...unused(own)].map((object) => stringify(object, { lineWidth: 0 }));
  return change([...objects, ...definitions].join('---\n'));
}

/** Controllers that are not used, each with a definition of its own, or two. */
function unused(own: readonly KubeObject[]): object[] {
  const workloads = own.filter(
    ({ kind, metadata }) => /^(Deployment|ServiceAccount)$/.test(kind) && metadata.name.startsWith('helm'),
  );
  const names = ['notification-controller', 'image-reflector-controller', 'image-automation-controller'];
  const controllers = names.flatMap((name) =>
    workloads.map(
      (object) => JSON.parse(JSON.stringify(object).replaceAll('helm-controller', name)) as object,
    ),
  );
  return [
    ...controllers,
    definition('notification.toolkit.fluxcd.io', 'Alert', 'alerts'),
    definition('image.toolkit.fluxcd.io', 'ImageRepository', 'imagerepositories'),
    definition('image.toolkit.fluxcd.io', 'ImagePolicy', 'imagepolicies'),
    definition('image.toolkit.fluxcd.io', 'ImageUpdateAutomation', 'imageupdateautomations'),
  ];
}

/** Of a kind that takes any fields. */
function definition(group: string, kind: string, plural: string): object {
  const schema = {
    openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}
