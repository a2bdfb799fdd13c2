import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { DynamicClient, NewDynamicClient, NewInitialAccessToken, RegistrationTerms } from '../../registration-stores.ts';
import { mintDynamicClientId } from '../../registration/dynamic-clients.ts';
import type { Stores } from '../../stores.ts';
import { aDelegation, anEvent, AT, aToken, unique } from '../store-builders.ts';

function aClient(profile: string, members: Partial<NewDynamicClient> = {}): NewDynamicClient {
  return {
    ...{ profile, id: mintDynamicClientId(), endpoint: 'registration', template: 'apps', registeredBy: 'anyone' },
    metadata: { client_name: 'Äpp', redirect_uris: ['https://app.example/callback'], scope: 'read' },
    properties: { tier: { level: 1 } },
    secrets: [{ hash: 'sha256$x', createdAt: AT, expiresAt: null }],
    tokenHash: randomBytes(32).toString('base64url'),
    ...{ createdAt: AT, expiresAt: null },
    ...members,
  };
}

function anInitialToken(profile: string, members: Partial<NewInitialAccessToken> = {}): NewInitialAccessToken {
  return {
    ...{ profile, id: unique('token'), hash: randomBytes(32), endpoint: 'registration', template: null, note: 'for a partner' },
    ...{ maximumUses: 1, createdAt: AT, createdBy: 'admin', expiresAt: AT + 3600 },
    ...members,
  };
}

const TERMS: RegistrationTerms = { maximumClients: 1000, token: null, audit: [] };

export function describeDynamicClients(stores: () => Stores): void {
  const clients = () => stores().dynamicClients;
  const found = async (client: NewDynamicClient) => (await clients().find(client.profile, client.id, null)) as DynamicClient | null;

  describe('clients that register themselves', () => {
    test('a client is found as it was registered, in its profile, with its audit event', async () => {
      const [client, event] = [aClient(unique('p')), anEvent({ kind: unique('kind') })];
      expect(await clients().register(client, { ...TERMS, audit: [event] })).toBe('registered');
      expect(await found(client)).toEqual({ ...client, version: 1, updatedAt: AT });
      expect(await clients().find(unique('p'), client.id, null)).toBeNull();
      expect(await clients().find(client.profile, mintDynamicClientId(), null)).toBeNull();
      expect(await stores().audit.list({ kind: event.kind, limit: 10 })).toHaveLength(1);
    });

    test('a version that is known is said to be unchanged, and an update makes another', async () => {
      const client = aClient(unique('p'));
      await clients().register(client, TERMS);
      expect(await clients().find(client.profile, client.id, 1)).toBe('unchanged');
      const state = { metadata: { client_name: 'B' }, properties: {}, secrets: [], tokenHash: 'other' };
      expect(await clients().update(client.profile, client.id, 1, state, AT + 5, [])).toBe(true);
      expect(await clients().find(client.profile, client.id, 1)).toEqual({ ...client, ...state, version: 2, updatedAt: AT + 5 });
      expect(await clients().find(client.profile, client.id, 2)).toBe('unchanged');
    });

    test('of simultaneous updates of one version one counts', async () => {
      const client = aClient(unique('p'));
      await clients().register(client, TERMS);
      const state = (i: number) => ({ metadata: { i }, properties: {}, secrets: [], tokenHash: `t${String(i)}` });
      const done = await Promise.all(
        Array.from({ length: 20 }, async (_, i) => clients().update(client.profile, client.id, 1, state(i), AT, [])),
      );
      expect(done.filter(Boolean)).toHaveLength(1);
      expect((await found(client))?.metadata).toEqual({ i: done.indexOf(true) });
    });

    test('an initial access token that is brought a hundred times at once registers one client', async () => {
      const token = anInitialToken(unique('p'));
      await clients().createToken(token, []);
      const terms = { ...TERMS, token: { hash: token.hash } };
      const outcomes = await Promise.all(Array.from({ length: 100 }, async () => clients().register(aClient(token.profile), terms)));
      expect(outcomes.filter((outcome) => outcome === 'registered')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'token-used')).toHaveLength(99);
      expect((await clients().list({ profile: token.profile }, { limit: 10 })).items).toHaveLength(1);
      expect(await clients().findToken(token.profile, token.hash)).toMatchObject({ uses: 1, maximumUses: 1 });
    });

    test('a token is good as often as it says, until it ends, and for no other profile', async () => {
      const token = anInitialToken(unique('p'), { maximumUses: 2 });
      await clients().createToken(token, []);
      const bring = async (members: Partial<NewDynamicClient> = {}) =>
        clients().register(aClient(token.profile, members), { ...TERMS, token: { hash: token.hash } });
      expect(await bring({ createdAt: token.expiresAt })).toBe('token-used');
      expect(await bring({ profile: unique('p') })).toBe('token-used');
      expect([await bring(), await bring(), await bring()]).toEqual(['registered', 'registered', 'token-used']);
    });

    test('no more clients of a template are registered than there may be, and a refusal uses no token up', async () => {
      const token = anInitialToken(unique('p'), { maximumUses: 100 });
      await clients().createToken(token, []);
      const terms = { maximumClients: 3, token: { hash: token.hash }, audit: [] };
      const outcomes = await Promise.all(Array.from({ length: 10 }, async () => clients().register(aClient(token.profile), terms)));
      expect(outcomes.filter((outcome) => outcome === 'registered')).toHaveLength(3);
      expect(outcomes.filter((outcome) => outcome === 'full')).toHaveLength(7);
      expect(await clients().findToken(token.profile, token.hash)).toMatchObject({ uses: 3 });
      expect(await clients().register(aClient(token.profile, { template: 'other' }), terms)).toBe('registered');
      const [one] = (await clients().list({ profile: token.profile, template: 'apps' }, { limit: 1 })).items;
      await clients().remove(token.profile, one!.id, AT, []);
      expect(await clients().register(aClient(token.profile), terms)).toBe('registered');
      expect(await clients().register(aClient(token.profile), terms)).toBe('full');
    });

    test('a client that is removed takes its delegations along, and no token of it can be committed any more', async () => {
      const client = aClient(unique('p'));
      await clients().register(client, TERMS);
      const delegation = aDelegation(client.profile, { id: unique('d'), clientId: client.id });
      const commit = (of: typeof delegation) => ({
        at: AT,
        effects: [
          { effect: 'delegation' as const, delegation: of },
          { effect: 'token' as const, token: aToken(of, { clientId: client.id }) },
        ],
        requires: [],
        claim: null,
      });
      expect(await stores().tokens.commit([commit(delegation)])).toEqual(['committed']);
      expect(await clients().remove(client.profile, client.id, AT + 1, [], 'not its token')).toBe(false);
      expect(await stores().tokens.findDelegation(client.profile, delegation.id)).toMatchObject({ status: 'active' });
      expect(await clients().remove(client.profile, client.id, AT + 1, [], client.tokenHash)).toBe(true);
      expect(await found(client)).toBeNull();
      expect(await stores().tokens.findDelegation(client.profile, delegation.id)).toMatchObject({ status: 'revoked' });
      const later = aDelegation(client.profile, { id: unique('d'), clientId: client.id });
      expect(await stores().tokens.commit([commit(later)])).toEqual(['inactive']);
      expect(await stores().tokens.findDelegation(client.profile, later.id)).toBeNull();
      expect(await clients().remove(client.profile, client.id, AT + 1, [])).toBe(false);
    });

    test('lists are newest first, by template and in pages', async () => {
      const profile = unique('p');
      const made = [aClient(profile), aClient(profile, { template: 'b' }), aClient(profile)];
      for (const client of made) await clients().register(client, TERMS);
      const first = await clients().list({ profile }, { limit: 2 });
      expect(first.items.map(({ id }) => id)).toEqual([made[2]!.id, made[1]!.id]);
      const rest = await clients().list({ profile }, { limit: 2, after: first.next! });
      expect(rest).toMatchObject({ items: [{ id: made[0]!.id }], next: null });
      expect((await clients().list({ profile, template: 'b' }, { limit: 9 })).items.map(({ id }) => id)).toEqual([made[1]!.id]);
    });

    test('those that have expired are told, and stay until they are removed', async () => {
      const past = AT - 800_000_000;
      const client = aClient(unique('p'), { expiresAt: past });
      await clients().register(client, TERMS);
      expect(await clients().listExpired(past, 100)).not.toContainEqual({ profile: client.profile, id: client.id });
      expect(await clients().listExpired(past + 1, 100)).toContainEqual({ profile: client.profile, id: client.id });
      await clients().remove(client.profile, client.id, AT, []);
      expect(await clients().listExpired(past + 1, 100)).not.toContainEqual({ profile: client.profile, id: client.id });
    });

    test('initial access tokens are listed, taken back, and forgotten when they have ended', async () => {
      const profile = unique('p');
      const [one, two] = [anInitialToken(profile), anInitialToken(profile, { template: 'b', expiresAt: AT - 800_000_000 })];
      for (const token of [one, two]) await clients().createToken(token, []);
      expect((await clients().listTokens(profile, { limit: 9 })).items.map(({ id }) => id)).toEqual([two.id, one.id]);
      expect(await clients().removeToken(profile, one.id, [])).toBe(true);
      expect(await clients().removeToken(profile, one.id, [])).toBe(false);
      expect(await clients().findToken(profile, one.hash)).toBeNull();
      expect(await clients().deleteExpiredTokens(AT - 799_999_999, 10)).toBe(1);
      expect(await clients().findToken(profile, two.hash)).toBeNull();
    });
  });
}
