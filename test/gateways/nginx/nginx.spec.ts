import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Line } from '../../support/event-feed.ts';
import { admin } from '../../support/running-service.ts';
import { caller, claimsOf, pause, until } from '../../support/wire-service.ts';
import { keepsTheRules } from '../support/contract.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { ask, bearer, GatewayWorld, startAnswering } from '../support/gateway-world.ts';
import { describeGateway } from '../support/packages.ts';
import { startNginx } from './start-nginx.ts';

jest.setTimeout(30_000);

let world: GatewayWorld;
beforeAll(async () => {
  world = await GatewayWorld.open();
});
afterAll(() => world.close());

const FORWARD_AUTH = '/oauth/v2/oauth-forward-auth';

describeGateway('nginx with auth_request', ['nginx'], () => {
  keepsTheRules(
    () => world,
    (changes) => startNginx(world, 'auth-request.conf', changes),
    { subjectHeader: 'X-Token-Subject', asksAboutRequests: true, whenDown: [500] },
  );

  describe('and the answer kept', () => {
    keepsTheRules(
      () => world,
      (changes) => startNginx(world, 'auth-request-cached.conf', changes),
      { subjectHeader: 'X-Token-Subject', asksAboutRequests: true, whenDown: [500] },
    );
    staysAndGoes('auth-request-cached.conf', {
      lasting: ['/oauth/v2/forward-auth-lasting', FORWARD_AUTH],
      quick: ['/oauth/v2/forward-auth-quick', FORWARD_AUTH],
    });

    test('is not kept where the endpoint allows no lag', async () => {
      const gateway = await startNginx(world, 'auth-request-cached.conf');
      try {
        const token = await world.token();
        expect((await ask(gateway.port, '/', bearer(token))).status).toBe(200);
        await world.revoke(token);
        expect((await ask(gateway.port, '/', bearer(token))).status).toBe(401);
      } finally {
        await gateway.stop();
      }
    });

    test('is of one scope alone', async () => {
      const gateway = await startNginx(world, 'auth-request-cached.conf', { [FORWARD_AUTH]: '/oauth/v2/forward-auth-lasting' });
      try {
        const token = await world.token({ scope: 'read' });
        expect((await ask(gateway.port, '/', bearer(token))).status).toBe(200);
        expect((await ask(gateway.port, '/write/', bearer(token))).status).toBe(403);
        expect((await ask(gateway.port, '/', bearer(token))).status).toBe(200);
      } finally {
        await gateway.stop();
      }
    });
  });
});

describeGateway('nginx with njs', ['nginx', 'libnginx-mod-http-js'], () => {
  keepsTheRules(
    () => world,
    (changes) => startNginx(world, 'njs.conf', changes),
    { whenDown: [500] },
  );
  refusesBoundTokens('njs.conf');
  staysAndGoes('njs.conf', { quick: ['/introspection-quick', '/introspection'] });
});

describeGateway('nginx with Lua', ['nginx', 'libnginx-mod-http-lua', 'lua-cjson'], () => {
  keepsTheRules(
    () => world,
    (changes) => startNginx(world, 'lua.conf', changes),
    { whenDown: [503] },
  );
  refusesBoundTokens('lua.conf');
  staysAndGoes('lua.conf', { quick: ['/introspection-quick', '/introspection'] });
});

describeGateway('nginx with Lua that listens to the feed of revocations', ['nginx', 'libnginx-mod-http-lua', 'lua-cjson'], () => {
  const LASTING = { '/introspection;': '/introspection-lasting;' };
  keepsTheRules(
    () => world,
    (changes) => startNginx(world, 'lua-events.conf', changes),
    { whenDown: [503] },
  );
  refusesBoundTokens('lua-events.conf');

  test('answers are kept for long, revoked tokens are out at once, and without the feed neither is relied on', async () => {
    const service = `127.0.0.1:${world.service.settings.port}`;
    const [feed, asking] = [await Line.to(world.service.settings.port), await Line.to(world.service.settings.port)];
    const gateway = await startNginx(world, 'lua-events.conf', {
      [`('${service}')`]: `('127.0.0.1:${feed.port}')`,
      [`server ${service};`]: `server 127.0.0.1:${asking.port};`,
      ...LASTING,
    });
    const statusOf = async (token: string) => (await ask(gateway.port, '/', bearer(token))).status;
    /** 200 for what is kept, 503 for what must be asked for. */
    const withoutAsking = async (...tokens: string[]) => {
      asking.isOpen = false;
      asking.cut();
      const statuses = [];
      for (const token of tokens) statuses.push(await statusOf(token));
      asking.isOpen = true;
      return statuses;
    };
    try {
      await until('that the feed is heard', () => feed.isUsed, 10_000);
      await pause(500);
      const tokens = [await world.token(), await world.token(), await world.token(), await world.token()] as const;
      const [revoked, ended, missed, kept] = tokens;
      for (const token of tokens) expect(await statusOf(token)).toBe(200);
      // Longer than answers count without the feed.
      await pause(5500);
      expect(await withoutAsking(...tokens)).toEqual([200, 200, 200, 200]);

      await world.revoke(revoked);
      await until('the end of the token', async () => (await withoutAsking(revoked))[0] === 503, 3000);
      expect([await statusOf(revoked), await statusOf(kept)]).toEqual([401, 200]);

      const { delegationId } = await claimsOf(world.service, ended, { path: '/oauth/v2/oauth-introspect' });
      const path = `/profiles/token-service/delegations/${String(delegationId)}`;
      expect((await admin(world.service, 'DELETE', path)).status).toBe(204);
      await until('the end of the delegation', async () => (await withoutAsking(ended))[0] === 503, 3000);

      feed.isOpen = false;
      feed.cut();
      await world.revoke(missed);
      await until('that the feed is missed', async () => (await withoutAsking(kept))[0] === 503, 3000);
      feed.isOpen = true;
      // It comes back to where it was: what it has missed goes, the rest counts again.
      await until('that the feed is heard again', async () => (await withoutAsking(kept))[0] === 200, 5000);
      expect(await withoutAsking(missed)).toEqual([503]);
      expect(await statusOf(missed)).toBe(401);
    } finally {
      await gateway.stop();
      feed.close();
      asking.close();
    }
  }, 60_000);
});

/** A gateway that nobody has proved the key to must not swap a token that is bound to one. RFC 9449 section 7.1, RFC 8705 section 3. */
function refusesBoundTokens(file: string): void {
  test.each([{ jkt: 'A'.repeat(43) }, { 'x5t#S256': 'A'.repeat(43) }])('a token that is bound does not pass: %j', async (cnf) => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const jwt = `${part({ typ: 'at+jwt', alg: 'ES256' })}.${part({ sub: 'server-client', scope: 'read', cnf })}.AAAA`;
    const bound = await startAnswering(world, jwt);
    const service = `127.0.0.1:${world.service.settings.port}`;
    const gateway = await startNginx(world, file, { [service]: `127.0.0.1:${bound.port}` });
    try {
      const answer = await ask(gateway.port, '/orders', bearer('bound'));
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, expect.stringContaining('invalid_token')]);
      expect(bound.asked()).toBe(1);
    } finally {
      await gateway.stop();
      await bound.close();
    }
  });
}

/** Endpoints by their lag, each with the path that it takes the place of; `lasting` where the printed one keeps nothing. */
interface Lags {
  readonly lasting?: readonly [path: string, printed: string];
  readonly quick: readonly [path: string, printed: string];
}

/** A revoked token may pass for as long as the endpoint's lag, and no longer. */
function staysAndGoes(file: string, { lasting, quick }: Lags): void {
  const change = (pair: readonly [string, string] | undefined) => (pair === undefined ? {} : { [pair[1]]: pair[0] });
  const running: GatewayProcess[] = [];
  const start = async (changes: Readonly<Record<string, string>>) => {
    const gateway = await startNginx(world, file, changes);
    running.push(gateway);
    return gateway;
  };
  afterAll(() => Promise.all(running.map((gateway) => gateway.stop())));

  test('a revoked token stays good while its answer is kept, with the same phantom token', async () => {
    const { port } = await start(change(lasting));
    const token = await world.token();
    const first = world.received(await ask(port, '/', bearer(token)));
    await world.revoke(token, caller('server-client'));
    const second = world.received(await ask(port, '/', bearer(token)));
    expect(second.headers['authorization']).toEqual(first.headers['authorization']);
  });

  test('a revoked token is out after the lag', async () => {
    const { port } = await start(change(quick));
    const token = await world.token();
    expect((await ask(port, '/', bearer(token))).status).toBe(200);
    await world.revoke(token, caller('server-client'));
    await until('the end of the lag', async () => (await ask(port, '/', bearer(token))).status === 401, 10_000);
  });
}
