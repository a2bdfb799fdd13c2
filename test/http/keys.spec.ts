import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { admin, type RunningService } from '../support/running-service.ts';
import { decoded, jwks, PROFILE, verified } from '../support/signatures.ts';
import { caller, claimsOf, INACTIVE, introspected, startWireService, tokenOf } from '../support/wire-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await startWireService();
});
afterAll(() => service.stop());

/** Longer than key sets may be cached and snapshots take to spread. */
const LONG_ENOUGH = 320_000;
const present = Date.now;
afterEach(() => {
  Date.now = present;
});

interface Key {
  readonly kid: string;
  readonly state: string;
}
const rotate = (emergency = false, algorithm = 'ES256') =>
  admin(service, 'POST', `/profiles/${PROFILE}/keys/rotate`, { algorithm, emergency });
const keys = async () => ((await (await admin(service, 'GET', `/profiles/${PROFILE}/keys`)).json()) as { items: Key[] }).items;
const inState = async (state: string) => (await keys()).filter((key) => key.state === state).map(({ kid }) => kid);
const kidOf = (jwt: string) => decoded(jwt).header['kid'];

describe('rotation', () => {
  test('is refused while verifiers may not know the next key, saying for how long', async () => {
    const before = await keys();
    const response = await rotate();
    expect([response.status, ((await response.json()) as { type: string }).type]).toEqual([
      409,
      'urn:tokenwright:problem:rotation-too-early',
    ]);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(200);
    expect(await keys()).toEqual(before);
  });

  test('makes the published next key sign at once, and what the old one signed still verifies', async () => {
    const old = await tokenOf(service, caller('jwt-client'));
    const { access_token: opaque } = await tokenOf(service);
    const { text: oldPhantom } = await introspected(service, opaque, { accept: 'application/jwt' });
    const [[active], [next]] = [await inState('active'), await inState('next')];
    expect((await jwks(service)).map(({ kid }) => kid)).toEqual(expect.arrayContaining([active, next]));

    Date.now = () => present() + LONG_ENOUGH;
    const response = await rotate();
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      activated: { kid: next, state: 'active' },
      retired: { kid: active, state: 'retired' },
      next: { state: 'next' },
    });

    const published = (await jwks(service)).map(({ kid }) => kid);
    expect(published).toHaveLength(3);
    expect(published).toEqual(expect.arrayContaining([active, next]));
    for (const jwt of [old.access_token, oldPhantom]) {
      expect(kidOf(jwt)).toBe(active);
      await verified(service, jwt);
      expect((await claimsOf(service, jwt))['active']).toBe(true);
    }
    const fresh = await tokenOf(service, caller('jwt-client'));
    const { text: newPhantom } = await introspected(service, opaque, { accept: 'application/jwt' });
    const { text: signed } = await introspected(service, opaque, { accept: 'application/token-introspection+jwt' });
    for (const jwt of [fresh.access_token, newPhantom, signed]) expect(kidOf(jwt)).toBe(next);
    await verified(service, newPhantom);
    expect((await rotate()).status).toBe(409);
  });

  test('in an emergency happens at once, and nothing that the old key signed is believed any more', async () => {
    const { access_token: signed } = await tokenOf(service, caller('jwt-client'));
    const { access_token: wrapped } = await tokenOf(service, caller('wrapped-client'));
    const { access_token: opaque } = await tokenOf(service);
    const { text: phantom } = await introspected(service, opaque, { accept: 'application/jwt' });
    const [active] = await inState('active');
    expect((await rotate(true)).status).toBe(200);
    expect((await jwks(service)).map(({ kid }) => kid)).not.toContain(active);
    for (const jwt of [signed, wrapped, phantom]) expect((await introspected(service, jwt)).text).toBe(INACTIVE);
    await expect(verified(service, phantom)).rejects.toThrow();

    expect((await claimsOf(service, opaque))['active']).toBe(true);
    const { text: again } = await introspected(service, opaque, { accept: 'application/jwt' });
    expect(kidOf(again)).not.toBe(active);
    await verified(service, again);
  });

  test('of an algorithm that is none is refused', async () => {
    expect((await rotate(false, 'HS256')).status).toBe(422);
    expect((await admin(service, 'POST', '/profiles/nobody/keys/rotate', {})).status).toBe(404);
  });
});

test('private keys show nowhere at the admin API', async () => {
  for (const path of [`/profiles/${PROFILE}/keys`, '/audit?limit=100', '/configuration', '/status']) {
    const response = await admin(service, 'GET', path);
    const text = await response.text();
    expect([path, response.status]).toEqual([path, 200]);
    expect(text).not.toMatch(/"d":|sealedPrivateJwk|eyJhbGciOiJkaXI/);
  }
});
