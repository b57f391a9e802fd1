import { userInfo } from 'node:os';
import { expect, it } from 'vitest';
import { locationsFrom } from './locations.ts';

it('follows the XDG rules below the home directory', () => {
  expect(locationsFrom({ HOME: '/home/ann', PATH: '/usr/bin:/bin' })).toEqual({
    state: '/home/ann/.local/state/platform',
    cache: '/home/ann/.cache/platform',
    config: '/home/ann/.config/platform',
    toolDirectories: [],
    path: ['/usr/bin', '/bin'],
    kubeconfigs: ['/home/ann/.kube/config'],
    dockerConfig: '/home/ann/.docker/config.json',
    knownHosts: ['/home/ann/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts'],
  });
});

it('takes absolute XDG folders and leaves out relative and empty ones', () => {
  const env = { HOME: '/h', XDG_STATE_HOME: '/s', XDG_CACHE_HOME: 'relative', XDG_CONFIG_HOME: '' };

  expect(locationsFrom(env)).toMatchObject({
    state: '/s/platform',
    cache: '/h/.cache/platform',
    config: '/h/.config/platform',
  });
});

it('keeps the order of several kubeconfigs and tool folders, and skips empty parts', () => {
  const env = { HOME: '/h', KUBECONFIG: '/a::/b:', PLATFORM_TOOLS_DIR: '/x:/y' };

  expect(locationsFrom(env)).toMatchObject({ kubeconfigs: ['/a', '/b'], toolDirectories: ['/x', '/y'] });
});

it.each([undefined, '', 'here'])('asks the system for the home directory where HOME is %s', (HOME) => {
  expect(locationsFrom({ HOME }).cache).toBe(`${userInfo().homedir}/.cache/platform`);
});
