import { versions } from './versions.ts';

/**
 * The same for all programs, so that one `go build` makes them and Go's cache serves every one: the version that
 * Kubernetes' programs report. The others carry theirs in their source or in Go's build information.
 */
export function linkerFlags(kubernetes = versions.kubernetes): string {
  const [major = '', minor = ''] = kubernetes.split('.');
  const at = 'k8s.io/component-base/version';
  return `-s -w -X ${at}.gitVersion=v${kubernetes} -X ${at}.gitMajor=${major} -X ${at}.gitMinor=${minor}`;
}

/**
 * The name that `go build -o <folder>/` gives a program: the last element of its package that is no major version.
 *
 * @see {@link https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies}
 */
export function builtName(packagePath: string): string {
  const elements = packagePath.split('/');
  const last = elements.at(-1) ?? '';
  return /^v\d+$/.test(last) && elements.length > 1 ? (elements.at(-2) ?? last) : last;
}
