import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FormSender, tokenIn, type FormAnswer } from '../support/load.ts';
import { admin, startService, type RunningService } from '../support/running-service.ts';
import { until } from '../support/wire-service.ts';

/** Who fails again and again is counted by client and address, slowed, and then refused with 503; nobody else notices. RFC 9700, RFC 6749 section 2.3.1. */

const folder = mkdtempSync(join(tmpdir(), 'tokenwright-brute-force-'));
const PROFILE = 'token-service';
const CONFIGURATION = `
profiles:
  ${PROFILE}:
    issuer: /~
    scopes: { openid: {}, read: {} }
    endpoints:
      oauth-token: { path: /token }
      oauth-revoke: { path: /revoke }
      oauth-introspect: { path: /introspect }
      oauth-forward-auth: { path: /forward-auth, forwardAuth: {} }
      oauth-token-validation: { path: /validate, tokenValidation: { client: validating } }
      oauth-userinfo: { path: /userinfo }
    tokenIssuers: { opaque: { kind: opaque }, jwt: { kind: jwt, algorithm: ES256 } }
    clients:
      app: { secret: Secr3t!, capabilities: [client-credentials], scopes: [read] }
      app-of-others: { secret: Secr3t!, capabilities: [client-credentials], scopes: [read] }
      introspecting: { secret: Secr3t!, capabilities: [introspection], introspection: { unknownTokensPerMinute: 5 } }
      forwarding: { secret: Secr3t!, capabilities: [introspection], introspection: { unknownTokensPerMinute: 5 } }
      validating: { secret: Secr3t!, capabilities: [introspection], introspection: { unknownTokensPerMinute: 5 } }
      revoking: { secret: Secr3t!, capabilities: [client-credentials], introspection: { unknownTokensPerMinute: 5 } }
      another: { secret: Secr3t!, capabilities: [introspection] }
`;

let service: RunningService;
let sender: FormSender;
let token: string;
beforeAll(async () => {
  const configFile = join(folder, 'configuration.yaml');
  writeFileSync(configFile, CONFIGURATION);
  service = await startService({ configFile });
  sender = new FormSender(service.settings.port, 24);
  token = tokenIn(await signIn());
}, 60_000);
afterAll(async () => {
  sender.close();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

const basic = (id: string, secret = 'Secr3t!') => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const signIn = (client = 'app', secret = 'Secr3t!') =>
  sender.post('/token', { grant_type: 'client_credentials' }, { authorization: basic(client, secret) });
/** One that could be of the service, with nothing wrong about its text but that it was never issued. */
const made = () => randomBytes(32).toString('base64url');

/** Sends the same kind of request again and again, many at a time, until one is refused. Every answer until then. */
async function untilRefused(send: () => Promise<FormAnswer>): Promise<readonly FormAnswer[]> {
  const answers: FormAnswer[] = [];
  while (answers.length < 1000 && !answers.some(({ status }) => status === 503))
    answers.push(...(await Promise.all(Array.from({ length: 24 }, send))));
  return answers;
}

const statusesOf = (answers: readonly FormAnswer[]) => [...new Set(answers.map(({ status }) => status))].sort();
const withoutRetryAfter = (answers: readonly FormAnswer[]) =>
  answers.filter(({ status, headers }) => status === 503 && !/^[1-9]\d*$/.test(String(headers['retry-after'])));

/** The lines of a metric by what is in their labels. */
async function metric(name: string, ...labels: readonly string[]): Promise<number> {
  const response = await fetch(`${service.adminUrl}/metrics`, { headers: { authorization: `Bearer ${service.adminToken}` } });
  const lines = (await response.text())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function audited(action: string): Promise<readonly { readonly key: string; readonly after: { readonly address: string } }[]> {
  const { items } = (await (await admin(service, 'GET', '/audit?limit=100')).json()) as {
    items: { action: string; key: string; after: { address: string } }[];
  };
  return items.filter((event) => event.action === action);
}

describe('wrong secrets of a client', () => {
  test('are slowed and then refused, while the client with its own secret and other clients of the place get in', async () => {
    const over = new AbortController();
    const welcome: number[] = [];
    const others = (async () => {
      do for (const client of ['app', 'app-of-others']) welcome.push((await signIn(client)).status);
      while (!over.signal.aborted);
    })();
    const answers = await untilRefused(() => signIn('app', 'wrong'));
    over.abort();
    await others;
    expect(statusesOf(answers)).toEqual([401, 503]);
    expect(withoutRetryAfter(answers)).toEqual([]);
    expect(new Set(welcome)).toEqual(new Set([200]));
    expect(
      await metric('tokenwright_client_authentication_failures_total', 'client="app"', 'endpoint="oauth-token"', 'reason="secret"'),
    ).toBe(answers.length);
    expect(await metric('tokenwright_refusals_total', 'brake="failed_authentications"')).toBeGreaterThan(0);
    await until('the audit event', async () => (await audited('client.authentication-slowed')).length > 0);
    expect(await audited('client.authentication-slowed')).toMatchObject([{ key: `${PROFILE}/app`, after: { address: '127.0.0.1' } }]);
  });

  test('of ids that no client has are counted without the id, and without any address', async () => {
    expect((await signIn('nobody-of-this-name', 'x')).status).toBe(401);
    expect(await metric('tokenwright_client_authentication_failures_total', 'client=""', 'reason="unknown_client"')).toBe(1);
    const response = await fetch(`${service.adminUrl}/metrics`, { headers: { authorization: `Bearer ${service.adminToken}` } });
    const text = await response.text();
    expect(text).not.toContain('nobody-of-this-name');
    expect(text).not.toContain('127.0.0.1');
  });
});

interface Place {
  readonly endpoint: string;
  /** Who presents tokens; null where nobody authenticates and the service has no client for it. */
  readonly client: string | null;
  /** Of an answer to an unknown token. */
  readonly unknown: number;
  readonly present: (text: string, client?: string) => Promise<FormAnswer>;
}

const PLACES: readonly Place[] = [
  {
    ...{ endpoint: 'oauth-introspect', client: 'introspecting', unknown: 200 },
    present: (text, client = 'introspecting') => sender.post('/introspect', { token: text }, { authorization: basic(client) }),
  },
  {
    ...{ endpoint: 'oauth-forward-auth', client: 'forwarding', unknown: 401 },
    present: (text, client = 'forwarding') =>
      sender.post('/forward-auth', {}, { authorization: `Bearer ${text}`, 'gateway-authorization': basic(client) }),
  },
  {
    ...{ endpoint: 'oauth-token-validation', client: 'validating', unknown: 400 },
    present: (text) => sender.post('/validate', { token: text }),
  },
  {
    ...{ endpoint: 'oauth-revoke', client: 'revoking', unknown: 200 },
    present: (text, client = 'revoking') => sender.post('/revoke', { token: text }, { authorization: basic(client) }),
  },
  {
    ...{ endpoint: 'oauth-userinfo', client: null, unknown: 401 },
    present: (text) => sender.post('/userinfo', {}, { authorization: `Bearer ${text}` }),
  },
];

describe('unknown tokens', () => {
  const sent = new Map<string, readonly FormAnswer[]>();
  beforeAll(async () => {
    const flood = async ({ endpoint, present }: Place) =>
      sent.set(endpoint, [await present(made()), ...(await untilRefused(() => present(made())))]);
    await Promise.all(PLACES.map(flood));
  }, 60_000);

  test.each(PLACES)(
    'at $endpoint are counted, slowed and then refused, and are in the audit trail',
    async ({ endpoint, client, unknown }) => {
      const answers = sent.get(endpoint) ?? [];
      expect(answers[0]?.status).toBe(unknown);
      expect(statusesOf(answers)).toEqual([unknown, 503]);
      expect(withoutRetryAfter(answers)).toEqual([]);
      expect(await metric('tokenwright_unknown_tokens_total', `endpoint="${endpoint}"`, `client="${client ?? ''}"`)).toBe(answers.length);
      const action = client === null ? 'endpoint.unknown-tokens-slowed' : 'client.unknown-tokens-slowed';
      await until('the audit event', async () =>
        (await audited(action)).some(({ key, after }) => key === `${PROFILE}/${client ?? endpoint}` && after.address === '127.0.0.1'),
      );
    },
  );

  test('were refused by the brake that metrics name', async () => {
    expect(await metric('tokenwright_refusals_total', 'brake="unknown_tokens"')).toBeGreaterThanOrEqual(PLACES.length);
  });

  test.each([
    ['oauth-introspect', '"active":true'],
    ['oauth-forward-auth', ''],
    ['oauth-token-validation', '"scope":"read"'],
  ])('at %s are in nobody else’s way: whoever has a token gets in by the very client that is refused', async (endpoint, shown) => {
    const { present } = PLACES.find((place) => place.endpoint === endpoint) as Place;
    const over = new AbortController();
    const honest: FormAnswer[] = [];
    const asking = (async () => {
      do honest.push(await present(token));
      while (!over.signal.aborted);
    })();
    // A token that was never looked up before as well: behind a gateway are others, who come for the first time.
    const fresh = tokenIn(await signIn('app-of-others'));
    await untilRefused(() => present(made()));
    honest.push(await present(fresh));
    over.abort();
    await asking;
    expect(honest.filter(({ status }) => status !== 200)).toEqual([]);
    for (const { text } of honest) expect(text).toContain(shown);
  });

  test.each(['oauth-introspect', 'oauth-forward-auth'])('at %s do not slow another client of the same address', async (endpoint) => {
    const { present, unknown } = PLACES.find((place) => place.endpoint === endpoint) as Place;
    expect((await present(made(), 'another')).status).toBe(unknown);
  });

  // Elsewhere loopback has one address.
  (process.platform === 'linux' ? test : test.skip)('do not slow the client at another address', async () => {
    const elsewhere = new FormSender(service.settings.port, 1, '127.0.0.2');
    const { status, text } = await elsewhere.post('/introspect', { token: made() }, { authorization: basic('introspecting') });
    elsewhere.close();
    expect([status, text]).toEqual([200, '{"active":false}']);
  });

  test('are not those that have ended: a client may keep them for too long', async () => {
    const ended = tokenIn(await signIn('app'));
    await sender.post('/revoke', { token: ended }, { authorization: basic('app') });
    const before = await metric('tokenwright_unknown_tokens_total');
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => sender.post('/introspect', { token: ended }, { authorization: basic('introspecting') })),
    );
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['{"active":false}']));
    expect(await metric('tokenwright_unknown_tokens_total')).toBe(before);
  });
});

describe('metrics', () => {
  test('are for administrators, and a role of their own reads them and nothing else', async () => {
    const get = (path: string, bearer?: string) =>
      fetch(service.adminUrl + path, { headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` } });
    expect((await get('/metrics')).status).toBe(401);
    expect((await fetch(`${service.url}/metrics`)).status).toBe(404);
    const made = await admin(service, 'POST', '/administrators', { id: 'prometheus', role: 'metrics' });
    const { token: bearer } = (await made.json()) as { token: string };
    expect((await get('/admin/v1/status', bearer)).status).toBe(403);
    const response = await get('/metrics', bearer);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const text = await response.text();
    for (const name of [
      'tokenwright_requests_total{profile="token-service",endpoint="oauth-introspect",status="200"}',
      'tokenwright_procedure_runs_total{flow="oauth-introspect",outcome="returned"}',
      'tokenwright_sandbox_process_replacements_total{reason="ended"}',
      'tokenwright_ready',
      'tokenwright_configuration_revision',
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(text).toMatch(new RegExp(`^${name.replaceAll(/[{}]/g, String.raw`\$&`)} \\d`, 'm'));
  });
});
