import { expect, it } from 'vitest';
import { listedDigest } from './release.ts';
import { mirrorsFrom } from './mirrors.ts';

const release = 'https://dl.k8s.io/release/x/kubectl';
const manifest = 'https://ghcr.io/v2/fluxcd/a/manifests/v1';
const module = 'https://proxy.golang.org/github.com/!burnt!sushi/toml/@v/v1.zip';

const places = (settings: Parameters<typeof mirrorsFrom>[0], url: string): unknown[] =>
  mirrorsFrom(settings)(url).map((place) => {
    if ('path' in place) return place.path;
    return place.authorization === undefined ? place.url.href : [place.url.href, place.authorization];
  });

it.each([
  [undefined, release, [release]],
  ['/mnt/my tools', release, ['/mnt/my tools/dl.k8s.io/release/x/kubectl']],
  ['file:///mnt/my%20tools', release, ['/mnt/my tools/dl.k8s.io/release/x/kubectl']],
  ['https://files.test/tools/', release, ['https://files.test/tools/dl.k8s.io/release/x/kubectl']],
  ['http://a:8080, direct', manifest, ['http://a:8080/ghcr.io/v2/fluxcd/a/manifests/v1', manifest]],
  ['oci://registry.test/proxy', manifest, ['https://registry.test/v2/proxy/fluxcd/a/manifests/v1']],
  ['oci://localhost:5000', manifest, ['http://localhost:5000/v2/fluxcd/a/manifests/v1']],
  ['oci://registry.test', release, []],
  [
    'https://ada:p%40ss@files.test',
    release,
    [['https://files.test/dl.k8s.io/release/x/kubectl', 'Basic YWRhOnBAc3M=']],
  ],
])('PLATFORM_TOOLS_MIRROR=%s is asked for %s', (mirror, url, expected) => {
  expect(places(mirror === undefined ? {} : { PLATFORM_TOOLS_MIRROR: mirror }, url)).toEqual(expected);
});

it.each([
  [undefined, [module]],
  ['https://proxy.test/go|direct', ['https://proxy.test/go/github.com/!burnt!sushi/toml/@v/v1.zip']],
  ['file:///srv/go,off', ['/srv/go/github.com/!burnt!sushi/toml/@v/v1.zip']],
  ['off', []],
])('GOPROXY=%s is asked for module archives', (proxy, expected) => {
  expect(places(proxy === undefined ? {} : { GOPROXY: proxy }, module)).toEqual(expected);
});

it.each(['relative', 'ftp://x', 'https://[', '~/tools'])('refuses the mirror %s', (mirror) => {
  expect(() => mirrorsFrom({ PLATFORM_TOOLS_MIRROR: mirror })).toThrow(
    expect.objectContaining({ code: 'USAGE' }) as Error,
  );
});

const digest = 'a'.repeat(64);
it.each([
  [`${digest}\n`, digest],
  [digest.toUpperCase(), digest],
  [`${'b'.repeat(64)}  other\n${digest}  tool\n`, digest],
  [`${digest} *./tool\r\n`, digest],
  [`${digest}  tool.sbom.json\n`, undefined],
  ['<html>sign in</html>', undefined],
])('finds the digest of a file in %j', (text, expected) => {
  expect(listedDigest(text, 'tool')).toBe(expected);
});
