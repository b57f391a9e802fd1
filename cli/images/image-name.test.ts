import { expect, it } from 'vitest';
import { fullName, parseName, shortName } from './image-name.ts';

it.each([
  ['redis:7', 'docker.io/library/redis:7', 'redis:7'],
  ['docker.io/redis', 'docker.io/library/redis', 'redis'],
  ['acme/trades:1.0.0', 'docker.io/acme/trades:1.0.0', 'acme/trades:1.0.0'],
  ['docker.io/acme/trades', 'docker.io/acme/trades', 'acme/trades'],
  ['ghcr.io/acme/trades', 'ghcr.io/acme/trades', 'ghcr.io/acme/trades'],
  ['localhost/trades', 'localhost/trades', 'localhost/trades'],
  ['registry:5000/trades', 'registry:5000/trades', 'registry:5000/trades'],
])('%s is %s to nodes, and %s to Docker', (name, full, short) => {
  expect([fullName(name), shortName(name)]).toEqual([full, short]);
});

it('has a host and a path', () => {
  expect(parseName('ghcr.io/acme/trades')).toEqual({ host: 'ghcr.io', path: 'acme/trades' });
});
