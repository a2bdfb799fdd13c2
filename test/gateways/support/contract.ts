import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { forged, verified } from '../../support/signatures.ts';
import { freePort } from '../../support/running-service.ts';
import type { GatewayProcess } from './gateway-process.ts';
import { ask, bearer, startSilence, type Answer, type GatewayWorld } from './gateway-world.ts';

/** Starts the gateway with its configuration; the changes come after those that every test makes. */
export type StartGateway = (changes?: Readonly<Record<string, string>>) => Promise<GatewayProcess>;

/** What differs between gateways that all keep the rules. */
export interface Manners {
  /** The client whose tokens are for this gateway, and its twin whose tokens end within a second. */
  readonly clients?: readonly [lasting: string, hasty: string];
  /** Whether the API gets a JWT as `Authorization`: that of the service, or the client's own where that is one already. */
  readonly passesJwt?: boolean;
  /** How the API hears of the subject; null where it reads the JWT. */
  readonly subjectHeader?: string | null;
  /** Whether it asks the forward-auth endpoint, which believes what gateways say of the request. */
  readonly asksAboutRequests?: boolean;
  /** False where a token is believed until it ends. */
  readonly seesRevocation?: boolean;
  /** The answer when the token service is needed and silent, or not whom it should be. */
  readonly whenDown: readonly number[];
  /** False where the gateway needs the service only to start. */
  readonly needsService?: boolean;
  /** The answer to a token without the scope. */
  readonly whenScopeIsMissing?: number;
  /** Every refusal of a token is 401 with this. */
  readonly challenge?: RegExp;
}

/** Nobody's certificate: a service that shows another one is not believed. */
const NO_AUTHORITY = '/etc/ssl/certs/ca-certificates.crt';

/** The rules that hold for every gateway, whatever its make. */
export function keepsTheRules(world: () => GatewayWorld, start: StartGateway, manners: Manners): void {
  const {
    clients = ['server-client', 'hasty-client'],
    passesJwt = true,
    subjectHeader = null,
    asksAboutRequests = false,
    seesRevocation = true,
  } = manners;
  const { needsService = true, whenScopeIsMissing = 403, challenge = /^Bearer/i } = manners;
  const [client, hasty] = clients;
  let gateway: GatewayProcess;
  let stop = (): Promise<void> => Promise.resolve();
  beforeAll(async () => {
    gateway = await start();
    stop = () => gateway.stop();
  }, 60_000);
  afterAll(() => stop());

  /** Refused, with a challenge, and the API has heard nothing. */
  async function expectRefused(headers: Readonly<Record<string, string | readonly string[]>>, path = '/orders'): Promise<Answer> {
    const before = world().api.received.length;
    const answer = await ask(gateway.port, path, headers);
    expect({ status: answer.status, log: answer.status === 401 ? '' : gateway.output() }).toEqual({ status: 401, log: '' });
    expect(String(answer.headers['www-authenticate'])).toMatch(challenge);
    expect(world().api.received.length).toBe(before);
    return answer;
  }

  test('an active token passes, and the API learns whose it is from the service alone', async () => {
    const token = await world().token({}, client);
    const answer = await ask(gateway.port, '/orders?page=2', bearer(token));
    expect({ status: answer.status, log: answer.status === 200 ? '' : gateway.output() }).toEqual({ status: 200, log: '' });
    const { url, headers } = world().received(answer);
    expect(url).toBe('/orders?page=2');
    if (passesJwt) {
      const [authorization = '', ...more] = headers['authorization'] ?? [];
      expect(more).toEqual([]);
      const { payload } = await verified(world().service, authorization.replace(/^Bearer /, ''));
      expect(payload.sub).toBe(client);
    }
    if (subjectHeader !== null) expect(headers[subjectHeader.toLowerCase()]).toEqual([client]);
    if (client === 'server-client') expect(answer.body).not.toContain(token);
    expect(headers['gateway-authorization']).toBeUndefined();
  });

  test('a request with a body passes with it', async () => {
    const sent = { ...bearer(await world().token({}, client)), 'content-type': 'application/json' };
    const answer = await ask(gateway.port, '/orders', sent, { method: 'POST', body: '{"quantity":1}' });
    expect(world().received(answer)).toMatchObject({ method: 'POST', body: '{"quantity":1}' });
  });

  test('no token is told what is wanted', async () => {
    const { headers } = await expectRefused({});
    expect(String(headers['www-authenticate'])).not.toContain('invalid_token');
  });

  test.each<[string, () => Promise<string>]>([
    ['unknown', async () => 'unknown'],
    ['expired', () => world().expiredToken(hasty)],
    ['tampered', async () => tampered(await world().token({}, client))],
    ...(seesRevocation ? [['revoked', () => world().revokedToken(client)] as [string, () => Promise<string>]] : []),
  ])('a token that is %s does not pass', async (_what, token) => {
    await expectRefused(bearer(await token()));
  });

  test('credentials of another sort, and several tokens at once, do not pass', async () => {
    await expectRefused({ authorization: 'Basic Zm9vOmJhcg==' });
    const before = world().api.received.length;
    const two = [`Bearer unknown`, `Bearer ${await world().token({}, client)}`];
    const { status } = await ask(gateway.port, '/orders', { authorization: two });
    expect([400, 401]).toContain(status);
    expect(world().api.received.length).toBe(before);
  });

  test('a token without the scope of a location does not pass there, one with it does', async () => {
    const [read, write] = [await world().token({ scope: 'read' }, client), await world().token({ scope: 'read write' }, client)];
    expect((await ask(gateway.port, '/write/orders', bearer(write))).status).toBe(200);
    const before = world().api.received.length;
    for (const path of ['/write/orders', '/%77rite/orders', '/x/../write/orders', '//write/orders']) {
      const answer = await ask(gateway.port, path, bearer(read));
      const refused = [whenScopeIsMissing, 400, 404].includes(answer.status);
      expect({ path, refused, status: answer.status }).toEqual({ path, refused: true, status: answer.status });
    }
    expect(world().api.received.length).toBe(before);
    const { status, headers } = await ask(gateway.port, '/write/orders', bearer(read));
    expect(status).toBe(whenScopeIsMissing);
    expect(String(headers['www-authenticate'])).toMatch(/insufficient_scope/);
  });

  test("nothing that the client says in the service's place reaches the API", async () => {
    const token = await world().token({}, client);
    const claims = subjectHeader === null ? [] : [subjectHeader, subjectHeader.replaceAll('-', '_')];
    const forgery = [...claims, ...(asksAboutRequests ? ['Gateway-Authorization'] : [])];
    const sent = { ...Object.fromEntries(forgery.map((name) => [name, ['forged', 'forged']])), ...bearer(token) };
    const { headers } = world().received(await ask(gateway.port, '/orders', sent));
    expect(Object.entries(headers).filter(([, values]) => values.some((value) => value.includes('forged')))).toEqual([]);
    if (subjectHeader !== null) expect(headers[subjectHeader.toLowerCase()]).toEqual([client]);
  });

  if (asksAboutRequests)
    test('the service hears of the request that was sent, not of the one that the client makes up', async () => {
      const token = bearer(await world().token({}, client));
      const madeUp = (method: string, path: string) => ({
        ...{ 'X-Forwarded-Method': method, 'X-Forwarded-Uri': path, 'X-Forwarded-Host': 'elsewhere.example', 'X-Forwarded-Proto': 'https' },
        ...{ 'X-Original-Method': method, 'X-Original-URI': path, 'X-Original-URL': `https://elsewhere.example${path}` },
        ...{ 'Client-Cert': ':AAAA:', 'X-SSL-Client-Cert': 'forged' },
      });
      expect((await ask(gateway.port, '/orders', { ...token, ...madeUp('DELETE', '/guarded') })).status).toBe(200);
      const before = world().api.received.length;
      for (const [method, path] of [['GET', '/guarded'] as const, ['DELETE', '/orders'] as const])
        for (const headers of [token, { ...token, ...madeUp('GET', '/elsewhere') }])
          expect({ method, path, status: (await ask(gateway.port, path, headers, { method })).status }).toEqual({
            method,
            path,
            status: 403,
          });
      expect(world().api.received.length).toBe(before);
    });

  if (!needsService) return;

  describe('without an answer that can be believed', () => {
    const cases: readonly [string, (port: number) => Readonly<Record<string, string>>][] = [
      ['since nobody listens', (port) => ({ [service()]: `127.0.0.1:${port}` })],
      ['since the certificate is of another authority', () => ({ [world().ca]: NO_AUTHORITY })],
    ];
    const service = () => `127.0.0.1:${world().service.settings.port}`;

    async function expectClosed(changes: Readonly<Record<string, string>>): Promise<void> {
      const token = await world().token({}, client);
      const before = world().api.received.length;
      const cutOff = await start(changes);
      try {
        const { status } = await ask(cutOff.port, '/orders', bearer(token));
        expect(manners.whenDown).toContain(status);
        expect((await ask(cutOff.port, '/orders', {})).status).toBeGreaterThanOrEqual(400);
        expect(world().api.received.length).toBe(before);
      } finally {
        await cutOff.stop();
      }
    }

    test.each(cases)(
      '%s, nothing passes',
      async (_why, changes) => {
        await expectClosed(changes(await freePort()));
      },
      60_000,
    );

    test.each([
      ['before the handshake', () => startSilence(null)],
      ['after the handshake', () => startSilence(world().service.dataDir)],
    ])(
      'since it is silent %s, nothing passes',
      async (_when, begin) => {
        const silence = await begin();
        try {
          await expectClosed({ [service()]: `127.0.0.1:${silence.port}` });
        } finally {
          await silence.close();
        }
      },
      60_000,
    );
  });
}

/** The token with another claim, or with another end. */
function tampered(token: string): string {
  if (token.split('.').length === 3 && token.startsWith('ey')) return forged(token, { sub: 'admin' });
  return `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
}
