import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTokenValidator, type TokenRequest, type TokenValidator, type TokenValidatorOptions } from '#libs/resource-server';
import { EVENTS_PATH, Line } from '../support/event-feed.ts';
import { admin, freePort, GATEWAY, startService, type RunningService } from '../support/running-service.ts';
import { caller, pause, revoke, tokenOf, until } from '../support/wire-service.ts';

/** An API that listens to the feed over a line that can be cut. */
let places: { readonly dataDir: string; readonly port: number; readonly adminPort: number };
let service: RunningService;
let line: Line;
let validator: TokenValidator;
let introspections: number;
let feeds: number;
let problems: string[];

const start = () => startService({ ...places, configFile: join(process.cwd(), 'test', 'support', 'feed.yaml') });
beforeEach(async () => {
  places = { dataDir: mkdtempSync(join(tmpdir(), 'tokenwright-test-')), port: await freePort(), adminPort: await freePort() };
  service = await start();
  line = await Line.to(places.port);
  [introspections, feeds, problems] = [0, 0, []];
});
afterEach(async () => {
  validator.close();
  line.close();
  await service.stop();
  rmSync(places.dataDir, { recursive: true, force: true });
});

/** An hour, whatever the feed says: only what is forgotten is asked for again. */
const REMEMBERS = { revocationLag: 3600, revocationLagWithFeed: 3600 };
/** Long with the feed, short without. */
const FAILS_SAFE = { revocationLag: 0.3, revocationLagWithFeed: 3600 };

async function listening(more: Partial<TokenValidatorOptions>): Promise<void> {
  validator = createTokenValidator({
    issuer: `${service.url}/~`,
    audience: null,
    clientId: GATEWAY.id,
    clientSecret: GATEWAY.secret,
    revocationEvents: true,
    negativeLag: 0,
    onProblem: ({ message }) => problems.push(message),
    fetch: async (url, init) => {
      const isFeed = url.endsWith(EVENTS_PATH);
      if (url.includes('introspect')) introspections++;
      const response = await fetch(isFeed ? url.replace(`:${places.port}/`, `:${line.port}/`) : url, init);
      if (isFeed) feeds++;
      return response;
    },
    ...more,
  });
  await validator.ready();
  await until('the feed', () => feeds > 0, 5000);
  // What it says first has been read.
  await pause(100);
}

const issue = async (client = 'server-client'): Promise<string> => (await tokenOf(service, caller(client))).access_token;
const bearer = (token: string): TokenRequest => ({ method: 'GET', url: '/', headers: { authorization: `Bearer ${token}` } });
const accepts = async (token: string): Promise<boolean> => (await validator.validate(bearer(token))).ok;
const refuses = (token: string) => until('the end of the token', async () => !(await accepts(token)), 5000);

describe('an API that listens', () => {
  test.each<[string, string, Partial<TokenValidatorOptions>]>([
    ['opaque', 'server-client', {}],
    ['opaque, as phantom token', 'server-client', { introspection: 'jwt' }],
    ['JWT', 'jwt-client', { introspectJwts: true }],
    ['wrapped opaque', 'wrapped-client', {}],
    ['wrapped opaque, as phantom token', 'wrapped-client', { introspection: 'jwt' }],
  ])('keeps answers for long, and refuses a revoked token at once: %s', async (_form, client, options) => {
    await listening({ ...FAILS_SAFE, ...options });
    const [token, other] = [await issue(client), await issue(client)];
    expect([await accepts(token), await accepts(other)]).toEqual([true, true]);
    await pause(400);
    const before = introspections;
    expect([await accepts(token), await accepts(other), introspections]).toEqual([true, true, before]);
    await revoke(service, token, caller(client));
    await refuses(token);
    const asked = introspections;
    expect([await accepts(other), introspections]).toEqual([true, asked]);
    expect(problems).toEqual([]);
  });

  test('refuses all tokens of a delegation that an administrator ends', async () => {
    await listening(REMEMBERS);
    const [token, other] = [await issue(), await issue()];
    const outcome = await validator.validate(bearer(token));
    if (!outcome.ok) throw new Error('denied');
    await accepts(other);
    const id = String(outcome.auth.token['delegationId']);
    expect((await admin(service, 'DELETE', `/profiles/token-service/delegations/${id}`)).status).toBe(204);
    await refuses(token);
    const asked = introspections;
    expect([await accepts(other), introspections]).toEqual([true, asked]);
  });

  test('refuses what a withdrawn key has signed, at once, and takes what the new one signs', async () => {
    await listening(REMEMBERS);
    const jwt = await issue('jwt-client');
    expect(await accepts(jwt)).toBe(true);
    const rotated = await admin(service, 'POST', '/profiles/token-service/keys/rotate', { algorithm: 'ES256', emergency: true });
    await rotated.arrayBuffer();
    await refuses(jwt);
    expect(await accepts(await issue('jwt-client'))).toBe(true);
  });

  test('falls back to the short lag while the line is cut, and keeps answers for long again after', async () => {
    await listening(FAILS_SAFE);
    const [token, other] = [await issue(), await issue()];
    expect([await accepts(token), await accepts(other)]).toEqual([true, true]);
    line.isOpen = false;
    line.cut();
    await revoke(service, token, caller('server-client'));
    await refuses(token);
    const before = introspections;
    await pause(400);
    expect([await accepts(other), introspections]).toEqual([true, before + 1]);
    line.isOpen = true;
    await until(
      'the long lag',
      async () => {
        await accepts(other);
        const asked = introspections;
        await pause(350);
        return (await accepts(other)) && introspections === asked;
      },
      20_000,
    );
  }, 40_000);

  test('hears what was revoked while the service was away', async () => {
    await listening(REMEMBERS);
    const [token, other] = [await issue(), await issue()];
    expect([await accepts(token), await accepts(other)]).toEqual([true, true]);
    line.isOpen = false;
    line.cut();
    await revoke(service, token, caller('server-client'));
    await service.stop();
    service = await start();
    expect(await accepts(token)).toBe(true);
    line.isOpen = true;
    await until('the end of the token', async () => !(await accepts(token)), 20_000);
    const asked = introspections;
    expect([await accepts(other), introspections]).toEqual([true, asked]);
  }, 40_000);

  test('however often the line is cut, every revoked token is forgotten in the end, and nothing else', async () => {
    await listening(REMEMBERS);
    const tokens = await Promise.all(Array.from({ length: 80 }, () => issue()));
    for (const token of tokens) expect(await accepts(token)).toBe(true);
    const [revoked, kept] = [tokens.filter((_, i) => i % 4 !== 0), tokens.filter((_, i) => i % 4 === 0)];
    // Each cut falls into the middle of revocations, and others are made before the line is up again.
    let cuts = 0;
    for (const [i, token] of revoked.entries()) {
      const revoking = revoke(service, token, caller('server-client'));
      if (i % 6 === 3) {
        cuts++;
        line.cut();
      }
      await revoking;
      if (i % 6 === 5) await until('another connection', () => feeds > cuts, 10_000);
    }
    expect(cuts).toBe(10);
    for (const token of revoked) await until('the end of the token', async () => !(await accepts(token)), 10_000);
    const asked = introspections;
    for (const token of kept) expect(await accepts(token)).toBe(true);
    expect(introspections).toBe(asked);
  }, 60_000);
});
