import { beforeEach, describe, expect, test } from '@jest/globals';
import { claimsOf, PROFILE, ServiceUnderTest, shippedSource } from '../testing/service-builder.ts';
import { DryRunError, type DryRunReport, type DryRunRequest } from './dry-run.ts';
import { ProcedureDryRunner } from './procedure-dry-runner.ts';

const SHOW = `function result(context) {
  logger.info('presented {}', context.request.getFormParameter('token'));
  return { active: context.presentedToken.active, data: context.presentedToken.data, plan: context.client.id };
}`;

let world: ServiceUnderTest;
let runner: ProcedureDryRunner;

beforeEach(async () => {
  world = await ServiceUnderTest.open();
  runner = new ProcedureDryRunner(
    world.sandbox,
    () => ({ snapshot: world.snapshot, configuration: world.live.current }),
    () => world.now,
    5000,
    null,
    false,
    world.stores,
  );
});

const tried = (members: Partial<DryRunRequest>, source = SHOW): Promise<DryRunReport> =>
  runner.run({ profile: PROFILE, flow: 'oauth-introspect', program: { source }, ...members });
const body = (report: DryRunReport) => JSON.parse(report.answer.body) as Record<string, unknown>;
const refusal = (members: Partial<DryRunRequest>) =>
  tried(members).then(
    () => 'was run',
    (error: unknown) => (error instanceof DryRunError ? error.pointer : error),
  );

describe('a token that is given', () => {
  test('is looked up, and its data are what the procedure sees; its value is nowhere in the report', async () => {
    const token = await world.token();
    const report = await tried({ client: 'gateway', token });
    expect(report.context?.token).toMatchObject({ status: 'active', purpose: 'access_token', clientId: 'app', data: { sub: 'app' } });
    expect(body(report)).toMatchObject({ active: true, data: { sub: 'app' } });
    expect(JSON.stringify(report)).not.toContain(token);
    expect(report.context).toMatchObject({ profile: PROFILE, client: { id: 'gateway', isSample: false } });
  });

  test('as a JWT of the profile is verified', async () => {
    const jwt = await world.phantom(await world.token());
    const report = await tried({ client: 'gateway', token: jwt });
    expect(report.context?.token?.data).toMatchObject({ sub: claimsOf(jwt)['sub'] });
    const forged = `${jwt.slice(0, -4)}AAAA`;
    expect((await tried({ client: 'gateway', token: forged })).context?.token).toMatchObject({ status: 'unknown', data: null });
  });

  test('that was revoked, has expired or is not known is as inactive as it is in production, and the report says why', async () => {
    const token = await world.token();
    await world.revoke(token);
    const revoked = await tried({ client: 'gateway', token });
    expect([revoked.context?.token?.status, body(revoked)['active']]).toEqual(['revoked', false]);
    const later = await world.token();
    world.now += 100_000;
    expect((await tried({ client: 'gateway', token: later })).context?.token?.status).toBe('expired');
    expect((await tried({ client: 'gateway', token: 'nonsense' })).context?.token?.status).toBe('unknown');
  });

  test('cannot be given together with data or a person', async () => {
    expect(await refusal({ token: 'x', tokenData: {} })).toBe('/token');
    expect(await refusal({ token: 'x', account: 'alice' })).toBe('/account');
  });
});

describe('a person who is named', () => {
  const ACCOUNT = { profile: PROFILE, id: 'alice-id', username: 'Alice', passwordHash: null, attributes: { plan: 'gold' }, enabled: true };

  test('by account is its subject with its attributes, whether by id or username', async () => {
    await world.stores.accounts.create([{ ...ACCOUNT, createdAt: world.now }]);
    for (const account of ['alice-id', 'alice']) {
      const report = await tried({ account });
      expect(body(report)).toMatchObject({ data: { sub: 'alice-id' } });
      expect(report.context?.account).toEqual({ id: 'alice-id', username: 'Alice', attributes: { plan: 'gold' } });
    }
    expect(await refusal({ account: 'nobody' })).toBe('/account');
  });

  test('by subject needs no account', async () => {
    expect(body(await tried({ subject: 'somebody' }))).toMatchObject({ data: { sub: 'somebody' } });
    expect(await refusal({ subject: 'a', account: 'b' })).toBe('/subject');
    expect(await refusal({ flow: 'oauth-token-client-credentials', subject: 'a' })).toBe('/subject');
  });
});

test('a report says what had no effect', async () => {
  const source = shippedSource('oauth-token-client-credentials', 'oauth-token-client-credentials');
  const report = await runner.run({ profile: PROFILE, flow: 'oauth-token-client-credentials', program: { source } });
  expect(report.muted.filter(({ kind }) => kind === 'store').map(({ what }) => what)).toEqual(['delegation', 'opaque access_token']);
});
