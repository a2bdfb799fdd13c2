import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bind, faultsOf } from '../support/procedures.ts';
import { admin, introspect, issueToken, startService, type RunningService } from '../support/running-service.ts';
import { PROFILE } from '../support/signatures.ts';

/** What procedures call, over the whole product: admin API, sandbox processes, network, database. PROCEDURE_API section 7. */

const SECRET = 'correct horse battery staple';
const CREDENTIAL = 'partner-token';

let service: RunningService;
let partner: Server;
let received: { readonly url: string; readonly authorization: string | undefined; readonly key: string | undefined }[] = [];
let uploads = 0;

beforeAll(async () => {
  partner = createServer((request, response) => {
    received.push({
      url: request.url ?? '',
      authorization: request.headers.authorization,
      key: request.headers['x-key'] as string | undefined,
    });
    if (request.url === '/redirect') response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ count: received.length }));
  });
  await new Promise<void>((resolve) => partner.listen(0, '127.0.0.1', resolve));
  const { port } = partner.address() as AddressInfo;
  service = await startService();
  await put('secrets/api', { value: SECRET });
  await put('buckets/visits', { description: 'Visits by subject' });
  await put('http-clients/partner', {
    ...{ allowedHosts: [`localhost:${port}`, `127.0.0.1:${port}`], allowHttp: true, allowedNetworks: ['127.0.0.0/8', '::1/128'] },
    ...{ credentials: { kind: 'bearer', value: CREDENTIAL }, maximumRedirects: 2 },
  });
  await put('http-clients/trusted', {
    ...{ allowedHosts: [`localhost:${port}`], allowHttp: true, allowTokens: true, allowedNetworks: ['127.0.0.0/8', '::1/128'] },
  });
  await put('http-clients/strict', { allowedHosts: [`localhost:${port}`], allowHttp: true });
});

afterAll(async () => {
  await service.stop();
  await new Promise((resolve) => partner.close(resolve));
});

beforeEach(() => {
  received = [];
});

async function put(path: string, body: unknown): Promise<void> {
  const response = await admin(service, 'PUT', `/profiles/${PROFILE}/${path}`, body);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

const partnerUrl = () => `http://localhost:${(partner.address() as AddressInfo).port}`;

/** The answer of an introspection whose procedure has this body; `URL` in it is the partner's. */
async function answered(body: string) {
  const id = `calling-${++uploads}`;
  const source = `function result(context) { var URL = ${JSON.stringify(partnerUrl())}; ${body} }`;
  const flow = 'oauth-introspect';
  const sent = await admin(service, 'POST', `/procedures/${id}/versions?flow=${flow}&activate=true`, { source, secrets: ['api'] });
  if (!sent.ok) throw new Error(`${sent.status} ${await sent.text()}`);
  await bind(service, id, flow);
  const token = await issueToken(service);
  const response = await introspect(service, token);
  return { id, status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a procedure', () => {
  test('calls a service with the credentials of its client and a secret of its own, once for each call', async () => {
    const { status, body } = await answered(
      `var c = context.getWebServiceClient('partner', URL), first = c.get({ path: '/users', headers: { 'x-key': secrets.get('api') } });
       var second = c.post({ path: '/users', query: { q: 'a b' }, body: { a: 1 } });
       return { active: true, first: JSON.parse(first.body).count, second: JSON.parse(second.get('body')).count, type: first.headers['content-type'] };`,
    );
    expect({ status, ...body }).toMatchObject({ status: 200, first: 1, second: 2, type: 'application/json' });
    expect(received).toEqual([
      { url: '/users', authorization: `Bearer ${CREDENTIAL}`, key: SECRET },
      { url: '/users?q=a+b', authorization: `Bearer ${CREDENTIAL}`, key: undefined },
    ]);
  });

  test.each([
    ['a loopback address behind a name', `context.getWebServiceClient('strict', URL).get({})`, /allowedNetworks/],
    ['a host that is not named', `context.getWebServiceClient('partner', 'http://169.254.169.254').get({})`, /allowedHosts/],
    ['the metadata service by a redirect', `context.getWebServiceClient('partner', URL).get('/redirect')`, /allowedHosts/],
  ])('does not reach %s', async (_what, call, message) => {
    const { id, status } = await answered(`${call}; return { active: true };`);
    expect(status).toBe(500);
    expect((await faultsOf(service, id))[0]?.message).toMatch(message);
    expect(received.filter(({ url }) => url !== '/redirect')).toEqual([]);
  });

  test('sends a token of the run only by a client that may send tokens', async () => {
    const send = (client: string) =>
      answered(
        `context.getWebServiceClient('${client}', URL).get({ headers: { 'x-key': context.presentedToken.value } }); return { active: true };`,
      );
    const { id, status } = await send('partner');
    expect(status).toBe(500);
    expect((await faultsOf(service, id))[0]?.message).toMatch(/allowTokens/);
    expect(received).toEqual([]);
    expect(await send('trusted')).toMatchObject({ status: 200 });
    expect(received).toEqual([{ url: '/', authorization: undefined, key: expect.any(String) }]);
  });

  test('keeps attributes in a bucket, which an administrator may see and clear', async () => {
    const { body } = await answered(
      `var b = context.getBucket('visits'), n = (b.getAttributes('alice', 'count').n || 0) + 1; b.storeAttributes('alice', 'count', { n: n }); return { active: true, n: n };`,
    );
    expect(body).toMatchObject({ n: 1 });
    expect(await (await introspect(service, await issueToken(service))).json()).toMatchObject({ n: 2 });
    const entries = `/profiles/${PROFILE}/buckets/visits/entries?subject=alice`;
    expect(await (await admin(service, 'GET', entries)).json()).toMatchObject({ items: [{ purpose: 'count', attributes: { n: 2 } }] });
    expect((await admin(service, 'DELETE', entries)).ok).toBe(true);
    expect(await (await introspect(service, await issueToken(service))).json()).toMatchObject({ n: 1 });
  });

  test('caches for its next runs, and verifies tokens of the profile itself', async () => {
    const { body } = await answered(
      `var before = cache.get('k'); cache.set('k', { n: before === null ? 1 : before.n + 1 }, 60);
       var jwtText = context.getDefaultAccessTokenJwtIssuer().issue(context.getDefaultAccessTokenData(), context.delegation);
       var verified = jwt.verify(jwtText, { issuer: context.presentedToken.data.iss }), refused = null;
       try { jwt.verify(jwtText.slice(0, -4) + 'AAAA', { issuer: context.presentedToken.data.iss }); } catch (e) { refused = e.message; }
       return { active: true, before: before, sub: verified.sub, refused: refused };`,
    );
    expect(body).toMatchObject({ sub: 'server-client', refused: 'the JWT is refused: the signature is wrong' });
    expect(body).not.toHaveProperty('before');
    expect(await (await introspect(service, await issueToken(service))).json()).toMatchObject({ before: { n: 1 } });
  });

  test('gives no secret away', async () => {
    const { id, status, body } = await answered(
      `logger.info(secrets.get('api')); return { active: true, s: base64url.encode(secrets.get('api')) };`,
    );
    expect([status, body['error']]).toEqual([500, 'server_error']);
    expect((await faultsOf(service, id))[0]?.message).toMatch(/the secret "api"/);
  });
});

test('a dry run calls nothing, and answers what it is given', async () => {
  const request = {
    ...{ profile: PROFILE, flow: 'oauth-introspect' },
    program: {
      source: `function result(context) { return { active: true, body: context.getWebServiceClient('partner', '${partnerUrl()}').get('/users').body, s: secrets.get('api').length }; }`,
    },
  };
  const without = await (await admin(service, 'POST', '/dry-run', request)).json();
  expect(without).toMatchObject({ outcome: 'fault', fault: { message: expect.stringContaining('a dry run calls nothing real') } });
  const answers = [{ call: 'http', answer: { body: 'given' } }];
  const report = (await (await admin(service, 'POST', '/dry-run', { ...request, answers })).json()) as { answer: { body: string } };
  expect(report).toMatchObject({
    outcome: 'answered',
    calls: [
      { kind: 'http', outcome: 'answered 200' },
      { kind: 'secret', target: 'api' },
    ],
  });
  expect(JSON.parse(report.answer.body)).toMatchObject({ body: 'given', s: '[secret api]'.length });
  expect(received).toEqual([]);
});
