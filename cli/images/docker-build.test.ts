import { describe, expect, it } from 'vitest';
import { PlatformError } from '../errors/platform-error.ts';
import type { Invocation, Run } from '../ports/run.ts';
import { dockerBuild, findBuilder, type DockerBuild } from './docker-build.ts';

const build: DockerBuild = {
  image: 'x/y:1.0.0',
  labels: { a: 'b c' },
  buildArgs: { GO_VERSION: '9' },
  platforms: ['linux/amd64', 'linux/arm64'],
  context: '/some/folder',
};

function answering(answer: { exitCode?: number; error?: PlatformError } = {}): {
  run: Run;
  calls: Invocation[];
} {
  const calls: Invocation[] = [];
  const run: Run = async (call) => {
    calls.push(call);
    if (answer.error) throw answer.error;
    return { stdout: '', stderr: '', exitCode: answer.exitCode ?? 0 };
  };
  return { run, calls };
}

const quiet = (): void => undefined;

describe('docker build', () => {
  it.each([
    [0, 'buildx'],
    [1, 'build'],
  ])('is found by what docker buildx ends with: %s', async (exitCode, expected) => {
    expect(await findBuilder(answering({ exitCode }))).toBe(expected);
  });

  it('uses buildx for all platforms, and puts the image into the store', async () => {
    const docker = answering();
    await dockerBuild(docker, 'buildx', build, quiet);

    expect(docker.calls[0]).toMatchObject({
      args: [
        ...['buildx', 'build', '--load', '--provenance=false', '--tag=x/y:1.0.0', '--label=a=b c'],
        ...['--build-arg=GO_VERSION=9', '--platform=linux/amd64,linux/arm64', '/some/folder'],
      ],
    });
  });

  it('gives an archive to the old builder by standard input, whatever DOCKER_BUILDKIT says', async () => {
    const docker = answering();
    const context = Buffer.from('tar');
    await dockerBuild(docker, 'build', { ...build, labels: {}, context }, quiet);

    expect(docker.calls[0]).toMatchObject({
      args: ['build', '--tag=x/y:1.0.0', '--build-arg=GO_VERSION=9', '-'],
      input: context,
      env: { DOCKER_BUILDKIT: undefined },
    });
  });

  it.each([
    ['pull access denied for golang:9', /^Install Go/],
    ['docker exporter does not currently support exporting manifest lists', /containerd image store/],
    [
      'Get "https://registry-1.docker.io/v2/": dial tcp: no such host',
      /reaches the registry of the base image/,
    ],
    ['COPY failed', /^Mend the Dockerfile, or try it by hand: docker build \/some\/folder$/],
  ])('that says %j is told with a way on', async (said, hint) => {
    const error = new PlatformError('TOOL_FAILED', said, 'none');

    await expect(dockerBuild(answering({ error }), 'buildx', build, quiet)).rejects.toMatchObject({
      code: 'IMAGE_BUILD_FAILED',
      message: `x/y:1.0.0 cannot be built: ${said}`,
      hint: expect.stringMatching(hint) as string,
    });
  });
});
