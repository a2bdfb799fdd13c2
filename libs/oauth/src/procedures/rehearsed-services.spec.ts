import { beforeEach, describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { RecordedServices } from '../testing/recorded-services.ts';
import { httpClientOf, PROFILE, ServiceUnderTest } from '../testing/service-builder.ts';
import { DryRunError, type DryRunAnswer, type DryRunReport, type DryRunRequest } from './dry-run.ts';
import { ProcedureDryRunner } from './procedure-dry-runner.ts';

const SECRET = 'correct horse battery staple';

let services: RecordedServices;
let world: ServiceUnderTest;
let runner: ProcedureDryRunner;

beforeEach(async () => {
  services = new RecordedServices();
  world = await ServiceUnderTest.open([], ['ES256'], 'default', services);
  await world.change(
    put('http-client', httpClientOf('partner', { allowedHosts: ['api.example'] })),
    put('secret', {
      ...{ profile: PROFILE, id: 'api', sealedValue: await world.sealer.sealText(SECRET), createdAt: 0, updatedAt: 0, origin: 'api' },
    }),
    put('bucket', { profile: PROFILE, id: 'visits', description: '', origin: 'api' }),
  );
  runner = new ProcedureDryRunner(
    world.sandbox,
    () => ({ snapshot: world.snapshot, configuration: world.live.current }),
    () => world.now,
    5000,
    services,
  );
});

const dryRun = (body: string, answers: readonly DryRunAnswer[] = [], members: Partial<DryRunRequest> = {}): Promise<DryRunReport> =>
  runner.run({
    ...{ profile: PROFILE, flow: 'oauth-introspect', program: { source: `function result(context) { ${body} }` }, answers },
    ...members,
  });
const bodyOf = (report: DryRunReport) => JSON.parse(report.answer.body) as Record<string, unknown>;

describe('the services of a dry run (SANDBOX 3.10)', () => {
  test.each([
    ['http GET api.example/users', `context.getWebServiceClient().get('/users')`],
    ['verify-jwt other.example/keys', `jwt.verify('a.b.c', { jwksUri: 'https://other.example/keys' })`],
    ['verify-jwt other.example/', `jwt.verify('a.b.c', { issuer: 'https://other.example' })`],
  ])('reach nothing real, and say how to give an answer: %s', async (call, expression) => {
    const report = await dryRun(`${expression}; return { active: true };`);
    expect(report).toMatchObject({ outcome: 'fault', fault: { message: expect.stringContaining(`"call": "${call}"`) } });
    expect([services.requests, services.verifications]).toEqual([[], []]);
  });

  test('keep to what the HTTP client may reach, whatever answers are given: else a test would pass for what production refuses', async () => {
    for (const uri of ['https://other.example', 'http://api.example', 'https://api.example:8443']) {
      const report = await dryRun(`context.getWebServiceClient('partner', '${uri}').get('/a'); return { active: true };`, [
        { call: 'http', answer: {} },
      ]);
      expect(report).toMatchObject({ outcome: 'fault', fault: { message: expect.stringMatching(/the HTTP client "partner"/) } });
    }
  });

  test('answer what the request gives them, one after the other, and show the calls', async () => {
    const report = await dryRun(
      `var c = context.getWebServiceClient(), seen = [c.get('/a').body, c.get('/a').body, c.get('/a').body, c.get('/b').statusCode];
       return { active: true, seen: seen, sub: jwt.verify('a.b.c', { jwksUri: 'https://x.example/keys' }).sub };`,
      [
        { call: 'http GET api.example/a', answer: { body: { n: 1 }, headers: { 'X-A': '1' } } },
        { call: 'http GET api.example/a', answer: { body: 'two' } },
        { call: 'http', answer: { statusCode: 404 } },
        { call: 'verify-jwt', answer: { sub: 'alice' } },
      ],
    );
    expect(bodyOf(report)).toMatchObject({ seen: ['{"n":1}', 'two', 'two', 404], sub: 'alice' });
    expect(report.calls.map(({ kind, target, outcome }) => `${kind} ${target}: ${outcome}`)).toEqual([
      ...['http GET api.example/a: answered 200', 'http GET api.example/a: answered 200', 'http GET api.example/a: answered 200'],
      ...['http GET api.example/b: answered 404', 'verify-jwt x.example/keys: answered'],
    ]);
  });

  test('can be made to fail', async () => {
    const report = await dryRun(
      `try { context.getWebServiceClient().get({}); } catch (e) { return { active: true, why: e.message }; } return {};`,
      [{ call: 'http', answer: { error: 'connection refused' } }],
    );
    expect(bodyOf(report)).toMatchObject({ why: 'connection refused' });
  });

  test('give labels in place of secrets, which may leave no more than secrets may', async () => {
    expect(bodyOf(await dryRun(`return { active: true, n: secrets.get('api').length };`))).toMatchObject({ n: '[secret api]'.length });
    const report = await dryRun(`logger.info(secrets.get('api')); return { active: true, s: secrets.get('api') };`);
    expect(report).toMatchObject({ outcome: 'fault', fault: { message: expect.stringContaining('the secret "api"') } });
    expect(JSON.stringify(report)).not.toContain(SECRET);
  });

  test('give labels of the secrets alone that the text would be given, where the request says which', async () => {
    const program = { source: `function result(context) { return { active: true, n: secrets.get('api').length }; }` };
    expect(bodyOf(await dryRun('', [], { program: { ...program, secrets: ['api'] } }))).toMatchObject({ n: '[secret api]'.length });
    const refused = await dryRun('', [], { program: { ...program, secrets: [] } });
    expect(refused).toMatchObject({ outcome: 'fault', fault: { message: expect.stringContaining('may not read the secret') } });
  });

  test('start with an empty cache and empty buckets, and store nothing', async () => {
    await world.stores.tokens.commit([
      {
        ...{ at: 0, requires: [], claim: null },
        effects: [{ effect: 'bucket-store', profile: PROFILE, bucket: 'visits', subject: 's', purpose: 'p', attributes: '{"n":7}' }],
      },
    ]);
    const source = `var b = context.getBucket('visits'), before = b.getAttributes('s', 'p').size(); b.storeAttributes('s', 'p', { n: 8 });
      cache.set('k', 1, 60); return { active: true, before: before, after: b.getAttributes('s', 'p').n, kept: cache.get('k') };`;
    const report = await dryRun(source);
    expect(bodyOf(report)).toMatchObject({ before: 0, after: 8, kept: 1 });
    expect(report.effects).toEqual([
      { kind: 'bucket-store', detail: { bucket: 'visits', subject: 's', purpose: 'p', attributes: { n: 8 } } },
    ]);
    expect(await world.stores.buckets.get(PROFILE, 'visits', 's', 'p')).toBe('{"n":7}');
    expect(services.kept.size).toBe(0);
  });

  test('read from buckets and cache what the request gives them', async () => {
    const report = await dryRun(`return { active: true, n: context.getBucket('visits').getAttributes('s', 'p').n, k: cache.get('k') };`, [
      { call: 'bucket-get visits p', answer: { n: 3 } },
      { call: 'cache-get k', answer: [1] },
    ]);
    expect(bodyOf(report)).toMatchObject({ n: 3, k: [1] });
  });

  test('verify with a key set that the procedure gives, for that takes no network', async () => {
    await dryRun(`jwt.verify('a.b.c', { keySet: { kty: 'EC' } }); return { active: true };`);
    expect(services.verifications).toMatchObject([{ keySet: { keys: [{ kty: 'EC' }] } }]);
  });

  test.each<[DryRunAnswer, string]>([
    [{ call: 'htp GET x', answer: {} }, '/answers/0/call'],
    [{ call: 'http', answer: 'text' }, '/answers/0/answer'],
    [{ call: 'http', answer: { statusCode: 99 } }, '/answers/0/answer'],
    [{ call: 'http', answer: { headers: { a: 1 } } }, '/answers/0/answer'],
    [{ call: 'verify-jwt', answer: [] }, '/answers/0/answer'],
    [{ call: 'bucket-get', answer: null }, '/answers/0/answer'],
  ])('refuse an answer that no call can have: %j', async (answer, pointer) => {
    const error = await dryRun('return {};', [answer]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DryRunError);
    expect(error).toMatchObject({ pointer });
  });
});
