import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { storePersonTokens, type PersonToken, type PersonTokenParts } from '../support/person-token.ts';
import { dispose, newDataDirectory, startProduct, type ProductProcess } from '../support/product-process.ts';
import { freePort, postForm } from '../support/running-service.ts';

const PAGE = readFileSync(join(process.cwd(), 'docs', 'token-exchange.md'), 'utf8');
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const TYPES = 'urn:ietf:params:oauth:token-type:';
const PARTNER = 'https://partner.example';
const SECRET = 'Secr3t!';
const ENVIRONMENT = { PORTAL_SECRET: SECRET, AGENT_SECRET: SECRET, ORDERS_SECRET: SECRET, STOCK_SECRET: SECRET };
const CURL = spawnSync('bash', ['-c', 'command -v curl']).status === 0 ? test : test.skip;
if (CURL === test.skip) console.log('the commands of docs/token-exchange.md are not run: this machine has no curl');

type Form = Readonly<Record<string, string | readonly string[]>>;
type Claims = Record<string, unknown>;

const [, CONFIGURATION = ''] = /^```yaml agents\.yaml\n(.*?)^```$/ms.exec(PAGE) ?? [];
/** The page's commands, in their order. */
const COMMANDS = [...PAGE.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text]) => text ?? '').join('\n');

let product: ProductProcess;
let folder: string;
let issuer: string;
let partner: { readonly privateKey: CryptoKey; readonly forger: CryptoKey };
let people: readonly PersonToken[];

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  partner = { privateKey: pair.privateKey, forger: (await generateKeyPair('ES256')).privateKey };
  folder = mkdtempSync(join(tmpdir(), 'tokenwright-exchange-'));
  const ports = [await freePort(), await freePort()] as const;
  issuer = `http://localhost:${ports[0]}/agents`;
  const key = JSON.stringify({ ...(await exportJWK(pair.publicKey)), kid: 'one' });
  const trusted = `    trustedIssuers:\n      - { issuer: ${PARTNER}, jwks: { keys: [${key}] }, audiences: ['${issuer}'], algorithms: [ES256] }\n`;
  // Its people are known elsewhere.
  const asserting = `      asserting: { secret: { env: AGENT_SECRET }, capabilities: [assertion], scopes: [orders.read] }\n`;
  const configuration = CONFIGURATION.replace('    endpoints:\n', `${trusted}    endpoints:\n`);
  writeFileSync(join(folder, 'agents.yaml'), configuration.replace('    clients:\n', `    clients:\n${asserting}`));
  const dataDir = newDataDirectory();
  const alice: PersonTokenParts = {
    ...{ profile: 'agents', issuer, client: 'portal', person: 'alice', audience: 'agent' },
    scope: 'orders.read orders.write stock.read',
  };
  const chain = (actors: number): object => (actors === 1 ? { sub: 'a1' } : { sub: `a${actors}`, act: chain(actors - 1) });
  people = await storePersonTokens(dataDir, [
    ...Array.from({ length: 4 }, () => alice),
    { ...alice, audience: 'portal' },
    { ...alice, claims: { may_act: { sub: 'somebody else' } } },
    { ...alice, claims: { act: chain(17) } },
  ]);
  product = await startProduct({ args: ['--config', join(folder, 'agents.yaml')], env: ENVIRONMENT, dataDir, ports });
}, 60_000);
afterAll(async () => {
  await dispose(product);
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

const person = (index: number): PersonToken => {
  const found = people[index];
  if (found === undefined) throw new Error(`there is no person ${index}`);
  return found;
};

function exchange(client: string, form: Form): Promise<Response> {
  const all = { grant_type: EXCHANGE, subject_token_type: `${TYPES}access_token`, ...form };
  const pairs = Object.entries(all).flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, each]));
  return postForm(`${product.url}/token`, new URLSearchParams(pairs).toString(), { as: { id: client, secret: SECRET } });
}

async function exchanged(client: string, token: string, form: Form = {}): Promise<string> {
  const response = await exchange(client, { subject_token: token, ...form });
  const answer = (await response.json()) as { access_token?: string };
  if (response.status !== 200 || answer.access_token === undefined) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
  return answer.access_token;
}

async function refusal(client: string, form: Form): Promise<readonly unknown[]> {
  const response = await exchange(client, form);
  return [response.status, ((await response.json()) as { error?: string }).error];
}

async function introspected(token: string): Promise<Claims> {
  const response = await postForm(`${product.url}/introspect`, { token }, { as: { id: 'stock', secret: SECRET } });
  return (await response.json()) as Claims;
}

describe('an agent that acts for a person through a chain of tools', () => {
  test('gets at each hop a token for the next tool alone, which names everybody on the way', async () => {
    const { value } = person(0);
    const forOrders = await exchanged('agent', value, { audience: 'https://orders.example' });
    const forStock = await exchanged('orders', forOrders, { audience: 'https://stock.example', requested_token_type: `${TYPES}jwt` });
    expect(await introspected(value)).toMatchObject({
      active: true,
      sub: 'alice',
      aud: 'agent',
      scope: 'orders.read orders.write stock.read',
    });
    expect(await introspected(forOrders)).toMatchObject({
      ...{
        active: true,
        sub: 'alice',
        client_id: 'agent',
        aud: 'https://orders.example',
        scope: 'orders.read stock.read',
        act: { sub: 'agent' },
      },
    });
    expect(await introspected(forStock)).toMatchObject({
      ...{ active: true, sub: 'alice', client_id: 'orders', aud: 'https://stock.example', scope: 'stock.read' },
      act: { sub: 'orders', act: { sub: 'agent' } },
    });
  });

  test('ends as a whole with what the person allowed (RFC 7009 section 2.1)', async () => {
    const { value, refreshToken } = person(1);
    const forOrders = await exchanged('agent', value, { audience: 'https://orders.example' });
    const forStock = await exchanged('orders', forOrders, { audience: 'https://stock.example' });
    const revoked = await postForm(`${product.url}/revoke`, { token: refreshToken }, { as: { id: 'portal', secret: SECRET } });
    expect(revoked.status).toBe(200);
    for (const token of [value, forOrders, forStock]) expect(await introspected(token)).toEqual({ active: false });
    for (const [client, token] of [['agent', value] as const, ['orders', forOrders] as const])
      expect(await refusal(client, { subject_token: token })).toEqual([400, 'invalid_request']);
  });

  CURL('is configured and used as the page says', () => {
    const env = { PATH: process.env['PATH'] ?? '', ISSUER: product.url, ALICE: person(2).value, ...ENVIRONMENT };
    const ran = spawnSync('bash', ['--norc', '--noprofile', '-eu', '-o', 'pipefail', '-c', COMMANDS], { env, encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ...{ active: true, sub: 'alice', client_id: 'orders', aud: 'https://stock.example', scope: 'stock.read' },
      act: { sub: 'orders', act: { sub: 'agent' } },
    });
  });
});

describe('what nobody gets', () => {
  test.each<[string, string, () => Form, string]>([
    ['a token swapped that is for somebody else', 'orders', () => ({ subject_token: person(3).value }), 'invalid_request'],
    ['a token swapped that the client was not meant to have', 'agent', () => ({ subject_token: person(4).value }), 'invalid_request'],
    ['a token whose person has named another', 'agent', () => ({ subject_token: person(5).value }), 'invalid_request'],
    ['a token after 17 actors', 'agent', () => ({ subject_token: person(6).value }), 'invalid_request'],
    ['more scopes than the client has', 'agent', () => ({ subject_token: person(3).value, scope: 'orders.write' }), 'invalid_scope'],
    ['another audience', 'agent', () => ({ subject_token: person(3).value, audience: 'https://stock.example' }), 'invalid_target'],
    ['another resource', 'agent', () => ({ subject_token: person(3).value, resource: 'https://payroll.example' }), 'invalid_target'],
    [
      'a refresh token',
      'agent',
      () => ({ subject_token: person(3).value, requested_token_type: `${TYPES}refresh_token` }),
      'invalid_request',
    ],
    ['anything for two subject tokens', 'agent', () => ({ subject_token: [person(3).value, person(3).value] }), 'invalid_request'],
    ['anything for a giant token', 'agent', () => ({ subject_token: 'x'.repeat(60_000) }), 'invalid_request'],
    ['anything by being no client for it', 'stock', () => ({ subject_token: person(3).value }), 'unauthorized_client'],
    [
      'a refresh token of another client swapped',
      'agent',
      () => ({ subject_token: person(3).refreshToken, subject_token_type: `${TYPES}refresh_token` }),
      'invalid_request',
    ],
  ])('%s', async (_what, client, form, error) => {
    expect(await refusal(client, form())).toEqual([400, error]);
  });

  test('scopes that a hop before has given up', async () => {
    const forOrders = await exchanged('agent', person(3).value, { audience: 'https://orders.example', scope: 'orders.read' });
    expect(await refusal('orders', { subject_token: forOrders, scope: 'stock.read' })).toEqual([400, 'invalid_scope']);
  });

  test('more time than the hop before had', async () => {
    const forOrders = await exchanged('agent', person(3).value, { audience: 'https://orders.example' });
    const forStock = await exchanged('orders', forOrders, { audience: 'https://stock.example' });
    const [before, after] = [await introspected(forOrders), await introspected(forStock)];
    expect(Number(after['exp'])).toBeLessThanOrEqual(Number(before['exp']));
  });
});

describe('a token of another issuer', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const claims = (members: Claims = {}) => ({ iss: PARTNER, sub: 'bob', aud: issuer, exp: now() + 60, ...members });
  const signed = (members: Claims = {}, key = partner.privateKey) =>
    new SignJWT(claims(members)).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(key);
  const jwt = { subject_token_type: `${TYPES}jwt` };

  test('starts a chain, with a subject that is nobody else', async () => {
    const token = await exchanged('agent', await signed(), { ...jwt, audience: 'https://orders.example' });
    const forStock = await exchanged('orders', token, { audience: 'https://stock.example' });
    expect(await introspected(forStock)).toMatchObject({
      ...{ active: true, sub: `${PARTNER}|bob`, scope: 'stock.read', act: { sub: 'orders', act: { sub: 'agent' } } },
    });
  });

  test('is a grant by itself, once, where it is made for that (RFC 7523 sections 2.1 and 3)', async () => {
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: await signed({ jti: 'the only one' }) };
    const present = () => postForm(`${product.url}/token`, form, { as: { id: 'asserting', secret: SECRET } });
    const { access_token: token = '' } = (await (await present()).json()) as { access_token?: string };
    expect(await introspected(token)).toMatchObject({ active: true, sub: `${PARTNER}|bob`, client_id: 'asserting', scope: 'orders.read' });
    const again = await present();
    expect([again.status, await again.json()]).toEqual([400, { error: 'invalid_grant', error_description: expect.any(String) }]);
  });

  test.each<[string, () => Promise<string>]>([
    ['that somebody else has signed', () => signed({}, partner.forger)],
    ['with alg none', async () => new UnsecuredJWT(claims()).encode()],
    ['of an issuer that is not trusted', () => signed({ iss: 'https://else.example' })],
    ['that says to be of this service', () => signed({ iss: issuer })],
    ['that is for somebody else', () => signed({ aud: 'https://else.example' })],
    ['that is over', () => signed({ exp: now() - 60 })],
  ])('%s is refused', async (_what, token) => {
    expect(await refusal('agent', { subject_token: await token(), ...jwt })).toEqual([400, 'invalid_request']);
  });
});
