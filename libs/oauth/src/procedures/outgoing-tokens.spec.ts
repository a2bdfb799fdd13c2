import { beforeEach, describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { RecordedServices } from '../testing/recorded-services.ts';
import { bound, httpClientOf, jsonOf, PROFILE, ServiceUnderTest } from '../testing/service-builder.ts';

let services: RecordedServices;
let world: ServiceUnderTest;
let uploads = 0;

beforeEach(async () => {
  services = new RecordedServices();
  world = await ServiceUnderTest.open([], ['ES256'], 'default', services);
  await world.change(
    put('http-client', httpClientOf('partner', { allowedHosts: ['api.example'] })),
    put('bucket', { profile: PROFILE, id: 'visits', description: '', origin: 'api' }),
  );
});

/** Introspects a token by a procedure with this body. */
async function introspect(body: string) {
  const token = await world.token();
  await world.change(...bound('oauth-introspect', `function result(context) { ${body} }`, { upload: ++uploads }));
  return { token, response: await world.introspect(token) };
}

const lastFault = () => world.service.executions.faults[0];

describe('an outgoing call (PROCEDURE_API 9, SANDBOX 3.6)', () => {
  test.each([
    `get({ headers: { Authorization: 'Basic ' + base64url.encode('u:' + t) } })`,
    `get({ path: t })`,
    `get({ query: { t: t } })`,
    `post({ body: t.split('').map(function (c) { return c.charCodeAt(0).toString(16); }).join('') })`,
  ])('that carries one in another form is refused as well: %s', async (call) => {
    await introspect(`var t = context.presentedToken.value; context.getWebServiceClient().${call}; return {};`);
    expect(lastFault()?.message).toMatch(/may not carry a token of this run/);
    expect(services.requests).toEqual([]);
  });

  test('may carry tokens where its HTTP client may send them, and no other client may', async () => {
    await world.change(
      put('http-client', httpClientOf('partner', { allowedHosts: ['api.example'], allowTokens: true })),
      put('http-client', httpClientOf('strict')),
    );
    const send = (id: string) => `context.getWebServiceClient('${id}').post({ body: context.presentedToken.value }); `;
    expect((await introspect(`${send('partner')} return { active: true };`)).response.status).toBe(200);
    expect(services.requests).toHaveLength(1);
    await introspect(`${send('strict')} return { active: true };`);
    expect(lastFault()?.message).toMatch(/may not carry a token of this run/);
    expect(services.requests).toHaveLength(1);
  });

  test('that is answered with the credentials of its client gives the procedure none of them', async () => {
    const sealedValue = await world.sealer.sealText('pass "word" 123');
    await world.change(
      put(
        'http-client',
        httpClientOf('partner', { allowedHosts: ['api.example'], credentials: { kind: 'basic', username: 'me', sealedValue } }),
      ),
    );
    const basic = Buffer.from('me:pass "word" 123').toString('base64');
    services.respond = async () => ({
      statusCode: 400,
      headers: { 'x-echo': 'pass "word" 123' },
      body: `Basic ${basic} {"p":"pass \\"word\\" 123"}`,
    });
    const { response } = await introspect(
      `var a = context.getWebServiceClient().get({}); return { active: true, body: a.body, echo: a.headers['x-echo'] };`,
    );
    expect(jsonOf(response)).toMatchObject({ echo: '[credentials]', body: expect.stringContaining('{"p":"[credentials]"}') });
    expect(Buffer.from(basic, 'base64').toString()).toContain('pass "word"');
    expect(response.body).not.toContain(basic);
  });

  test('of any service is traced without the tokens of the run', async () => {
    const { token } = await introspect(
      `var t = context.presentedToken.value; cache.get('seen ' + t); context.getBucket('visits').getAttributes('s', t.slice(0, 60));
       try { jwt.verify('a.b.c', { jwksUri: 'https://other.example/' + t }); } catch (e) { logger.info(e.message); }
       context.getWebServiceClient().get({ path: t });`,
    );
    const line = world.log.findLast(({ fields }) => fields['calls'] !== undefined);
    expect(line?.fields['calls']).toMatchObject([
      { kind: 'cache-get', target: 'seen [token]' },
      { kind: 'bucket-get', target: 'visits [token]' },
      { kind: 'verify-jwt', target: 'other.example/[token]', outcome: 'refused' },
      { kind: 'http', target: 'GET api.example/[token]', outcome: 'refused' },
    ]);
    expect(JSON.stringify(world.log)).not.toContain(token.slice(0, 20));
    expect(JSON.stringify(world.log)).toContain('the address of a key set may not hold a token of this run');
    expect(services.verifications).toEqual([]);
  });
});
