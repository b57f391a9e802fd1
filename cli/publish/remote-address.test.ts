import { expect, it } from 'vitest';
import {
  deployKeyPlace,
  isSameRepository,
  knownHostName,
  parseRemote,
  type RemoteAddress,
} from './remote-address.ts';

function address(text: string): RemoteAddress {
  const parsed = parseRemote(text);
  if (!parsed) throw new Error(`${text} is no address`);
  return parsed;
}

it('reads every form that git takes for another machine, and spells out the user of ssh', () => {
  expect(address('ssh://GitHub.com/ada/shop.git')).toEqual({
    url: 'ssh://git@GitHub.com/ada/shop.git',
    protocol: 'ssh',
    host: 'github.com',
    port: 22,
    path: 'ada/shop',
  });
  expect(address('git@github.com:ada/shop.git').url).toBe('ssh://git@github.com/ada/shop.git');
  expect(address('https://git.example:8443/ada/shop/')).toMatchObject({ port: 8443, path: 'ada/shop' });
});

it.each(['/srv/git/shop.git', '../shop', 'file:///srv/shop', 'C:/shop', 'http://host/shop', 'ssh://host'])(
  'takes %s for no address of another machine',
  (text) => expect(parseRemote(text)).toBeUndefined(),
);

it('knows one repository by ssh and by https, and two hosts on different ports apart', () => {
  const https = address('https://github.com/ada/shop');
  expect(isSameRepository(https, address('git@github.com:ada/shop.git'))).toBe(true);
  expect(isSameRepository(https, address('https://github.com/ada/stop'))).toBe(false);
  const [one, other] = ['ssh://git@host:1/shop', 'ssh://git@host:2/shop'].map(address);
  expect(one && other && isSameRepository(one, other)).toBe(false);
});

it('names a host as known_hosts does', () => {
  expect(knownHostName(address('ssh://git@host/shop'))).toBe('host');
  expect(knownHostName(address('ssh://git@host:2222/shop'))).toBe('[host]:2222');
});

it.each([
  ['ssh://git@github.com/ada/shop.git', 'https://github.com/ada/shop/settings/keys/new'],
  [
    'ssh://git@gitlab.example/ada/shop',
    'https://gitlab.example/ada/shop/-/settings/repository (Deploy keys)',
  ],
  ['ssh://git@host/shop.git', 'the deploy keys of shop on host (or ~/.ssh/authorized_keys of its git user)'],
])('says for %s where a deploy key is added', (url, place) => {
  expect(deployKeyPlace(address(url))).toBe(place);
});
