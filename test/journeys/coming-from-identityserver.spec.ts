import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connection, dispose, startProduct, tokenwright, type ProductProcess } from '../support/product-process.ts';
import { postForm } from '../support/running-service.ts';

const PAGE = readFileSync(join(process.cwd(), 'docs', 'coming-from-identityserver.md'), 'utf8');
const PROFILE = '/profiles/identity';
const SECRET = 'Secr3t!';
const ENVIRONMENT = { ORDERS_SECRET: SECRET, STOCK_SECRET: SECRET, OLDER_APIS_SECRET: SECRET, WEB_SECRET: SECRET };
const INVALID = [400, { Message: 'invalid_token' }];

/** What the page has for a file of this name. */
function fromPage(name: string): string {
  const [, text] = new RegExp(`^\`\`\`\\w+ ${name.replaceAll('.', '\\.')}\\n(.*?)^\`\`\`$`, 'ms').exec(PAGE) ?? [];
  if (text === undefined) throw new Error(`the page has no ${name}`);
  return text;
}

let product: ProductProcess;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tokenwright-identityserver-'));
  writeFileSync(join(folder, 'identityserver.yaml'), fromPage('identityserver.yaml'));
  product = await startProduct({ args: ['--config', join(folder, 'identityserver.yaml')], env: ENVIRONMENT });
}, 60_000);
afterAll(async () => {
  await dispose(product);
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

async function tokenOf(scope: string): Promise<string> {
  const as = { id: 'web', secret: SECRET };
  const response = await postForm(`${product.url}/connect/token`, { grant_type: 'client_credentials', scope }, { as });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function introspected(token: string, api: string): Promise<Record<string, unknown>> {
  const response = await postForm(`${product.url}/connect/introspect`, { token }, { as: { id: api, secret: SECRET } });
  return (await response.json()) as Record<string, unknown>;
}

async function validated(token: string, more: Readonly<Record<string, string>> = {}): Promise<readonly unknown[]> {
  const response = await fetch(`${product.url}/connect/accesstokenvalidation?${new URLSearchParams({ token, ...more }).toString()}`);
  return [response.status, await response.json()];
}

/** Neither introspection nor validation knows anything of it any more. */
async function expectEnded(...tokens: readonly string[]): Promise<void> {
  for (const token of tokens) {
    expect(await introspected(token, 'orders')).toEqual({ active: false });
    expect(await validated(token)).toEqual(INVALID);
  }
}

function admin(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Response> {
  return fetch(`${product.adminUrl}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${product.adminToken()}`, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

describe('an API resource with its scopes and secret', () => {
  test('is told of tokens that have one of its scopes, and of its scopes only', async () => {
    const both = await tokenOf('orders.read stock.read');
    expect(await introspected(both, 'orders')).toMatchObject({ active: true, scope: 'orders.read', aud: ['orders', 'stock'] });
    expect(await introspected(both, 'stock')).toMatchObject({ active: true, scope: 'stock.read' });
    const other = await tokenOf('stock.read');
    expect(await introspected(other, 'orders')).toEqual({ active: false });
  });

  test('sees no more in the delegation and in JWTs that a procedure hands it', async () => {
    const source = `function result(context) {
      const { delegation, presentedToken } = context;
      if (delegation === null) return { active: false };
      const jwt = context.getDefaultAccessTokenJwtIssuer().issue(presentedToken.data, delegation);
      return { active: true, scope: presentedToken.data.scope, delegated: delegation.scope, jwt };
    }`;
    const upload = await admin('POST', '/procedures/narrowed/versions?flow=oauth-introspect&activate=true', source, 'text/javascript');
    expect(upload.status).toBe(201);
    const binding = `${PROFILE}/endpoints/oauth-introspect/bindings/oauth-introspect`;
    expect((await admin('PUT', binding, { procedure: 'narrowed' })).status).toBeLessThan(300);
    const claims = await introspected(await tokenOf('orders.read stock.read'), 'orders');
    expect(claims).toMatchObject({ scope: 'orders.read', delegated: 'orders.read' });
    const payload = Buffer.from(String(claims['jwt']).split('.')[1] ?? '', 'base64url').toString();
    expect(JSON.parse(payload)).toMatchObject({ scope: 'orders.read' });
    expect(await introspected(await tokenOf('stock.read'), 'orders')).toEqual({ active: false });
    expect((await admin('DELETE', binding)).status).toBe(204);
  });
});

describe('access token validation', () => {
  test('answers as IdentityServer3 did, within what its client may introspect', async () => {
    const token = await tokenOf('orders.read stock.read');
    expect(await validated(token)).toEqual([
      200,
      expect.objectContaining({ sub: 'web', client_id: 'web', scope: 'orders.read', aud: ['orders', 'stock'] }),
    ]);
    expect(await validated(token, { expectedScope: 'orders.read' })).toMatchObject([200, {}]);
    expect(await validated(token, { expectedScope: 'stock.read' })).toEqual([400, { Message: 'insufficient_scope' }]);
    expect(await validated(await tokenOf('stock.read'))).toEqual(INVALID);
    expect(await validated('unknown')).toEqual(INVALID);
    expect(await validated('')).toEqual([400, { Message: 'The token parameter is missing.' }]);
    const posted = await postForm(`${product.url}/connect/accesstokenvalidation`, { token });
    expect([posted.status, posted.headers.get('content-length')]).toEqual([200, String((await posted.text()).length)]);
  });

  test('is warned of at start and when it is applied, and no token of a query is logged', async () => {
    const warning = 'whoever reaches /connect/accesstokenvalidation is told the claims of tokens without authentication';
    const token = await tokenOf('orders.read');
    await validated(token);
    await validated(`${token}x`);
    const { err } = product.output();
    expect(err.split('\n').filter((line) => line.includes(warning))).toHaveLength(1);
    expect(err).not.toContain(token);
    const applied = await tokenwright(['apply', join(folder, 'identityserver.yaml'), '--dry-run', ...connection(product)], {
      env: ENVIRONMENT,
    });
    expect([applied.code, applied.err]).toEqual([
      0,
      expect.stringContaining(`endpoint "oauth-token-validation" of "identity": ${warning}`),
    ]);
    const put = { path: '/connect/other', tokenValidation: { client: 'stock' }, kind: 'oauth-token-validation' };
    expect((await admin('PUT', `${PROFILE}/endpoints/another`, put)).status).toBe(201);
    await product.logged('whoever reaches /connect/other is told');
    expect((await admin('DELETE', `${PROFILE}/endpoints/another`)).status).toBe(204);
  });
});

describe('revocation', () => {
  test('by the client ends the token (RFC 7009)', async () => {
    const token = await tokenOf('orders.read');
    expect((await validated(token))[0]).toBe(200);
    const response = await postForm(`${product.url}/connect/revocation`, { token }, { as: { id: 'web', secret: SECRET } });
    expect(response.status).toBe(200);
    await expectEnded(token);
  });

  test('by an administrator ends all of a subject at a client, with an audit event', async () => {
    const tokens = [await tokenOf('orders.read'), await tokenOf('orders.write')];
    const response = await admin('POST', `${PROFILE}/revocations`, { subject: 'web', clientId: 'web' });
    expect([response.status, await response.json()]).toEqual([200, { delegations: expect.any(Number) }]);
    await expectEnded(...tokens);
    const { items } = (await (await admin('GET', '/audit?kind=delegation&key=identity')).json()) as { items: object[] };
    expect(items[0]).toMatchObject({ action: 'delegation.revoke-all', after: { status: 'revoked', owner: 'web', clientId: 'web' } });
  });

  test('by the command line ends all of a subject', async () => {
    const token = await tokenOf('orders.read');
    const { code, out } = await tokenwright(['delegation', 'revoke', '--subject', 'web', '--client', 'web', ...connection(product)]);
    expect([code, out]).toEqual([0, 'Revoked 1 delegations.\n']);
    await expectEnded(token);
  });

  test('by code on the store ends all of a subject, while the service runs', async () => {
    const tokens = [await tokenOf('orders.read'), await tokenOf('orders.read')];
    // Where the page stands, the build is beside the script.
    const build = pathToFileURL(`${process.cwd()}/dist/`).href;
    const script = join(folder, 'revoke-subject.mjs');
    writeFileSync(script, fromPage('revoke-subject.mjs').replace('./dist/', build));
    const revoke = (...whose: readonly string[]) =>
      execFileSync(process.execPath, [script, join(product.dataDir, 'tokenwright.db'), 'identity', ...whose], { encoding: 'utf8' });
    expect(revoke('web', 'another-client')).toBe('0 revoked\n');
    expect(await introspected(tokens[0] ?? '', 'orders')).toMatchObject({ active: true });
    expect(revoke('web', 'web')).toBe('2 revoked\n');
    await expectEnded(...tokens);
    expect(revoke('web')).toBe('0 revoked\n');
  });
});
