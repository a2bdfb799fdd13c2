import { createServer, type AddressInfo, type Server } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { until } from '../../support/wire-service.ts';
import { keepsTheRules, type Manners, type StartGateway } from '../support/contract.ts';
import { ask, bearer, GatewayWorld } from '../support/gateway-world.ts';
import { describeGateway } from '../support/packages.ts';
import { startApache } from './start-apache.ts';

jest.setTimeout(30_000);

let world: GatewayWorld;
beforeAll(async () => {
  world = await GatewayWorld.open();
});
afterAll(() => world.close());

const INTROSPECTS: Manners = { subjectHeader: 'X-Token-Subject', whenDown: [401] };
const VERIFIES: Manners = { ...INTROSPECTS, clients: ['jwt-client', 'hasty-jwt-client'], seesRevocation: false };
const service = () => `127.0.0.1:${world.service.settings.port}`;
const issuer = () => ({ 'https://localhost:8443/~': `${world.service.url}/~` });

describeGateway('Apache with mod_auth_openidc, introspecting', ['apache2', 'libapache2-mod-auth-openidc'], () => {
  const start = (changes: Readonly<Record<string, string>> = {}) =>
    startApache(
      world,
      'openidc-introspection.conf',
      'auth_openidc',
      { '127.0.0.1:8443': service(), '/etc/tokenwright/ca.pem': world.ca },
      changes,
    );
  keepsTheRules(() => world, start, INTROSPECTS);
  revokedTokensGo(start, 'OIDCOAuthTokenIntrospectionInterval 60', 'OIDCOAuthTokenIntrospectionInterval 2');
});

describeGateway('Apache with mod_auth_openidc, verifying', ['apache2', 'libapache2-mod-auth-openidc'], () => {
  keepsTheRules(
    () => world,
    (changes) =>
      startApache(
        world,
        'openidc-jwks.conf',
        'auth_openidc',
        { '127.0.0.1:8443': service(), '/etc/tokenwright/ca.pem': world.ca, ...issuer() },
        changes,
      ),
    VERIFIES,
  );
});

describeGateway('Apache with mod_oauth2', ['apache2', 'libapache2-mod-oauth2'], () => {
  let plain: Server;
  beforeAll(async () => {
    plain = await startPlainText(world.service.settings.port);
  });
  afterAll(() => {
    plain.close();
  });

  /** The system does not know the authority of the service, so what works is plain text; over TLS it must not. */
  function starting(file: string, more: () => Readonly<Record<string, string>> = () => ({})): StartGateway {
    return ({ [world.ca]: authority, [service()]: elsewhere, ...changes } = {}) => {
      const reached = elsewhere ?? `127.0.0.1:${(plain.address() as AddressInfo).port}`;
      const url = authority === undefined ? `http://${reached}` : `https://${service()}`;
      return startApache(world, file, 'oauth2', { 'https://127.0.0.1:8443': url, ...more() }, changes);
    };
  }

  describe('introspecting', () => {
    const start = starting('oauth2-introspection.conf');
    keepsTheRules(() => world, start, INTROSPECTS);
    revokedTokensGo(start, '&expiry=60', '&expiry=2');
  });

  describe('verifying', () => {
    keepsTheRules(() => world, starting('oauth2-jwks.conf', issuer), VERIFIES);
  });
});

/** A revoked token may pass for as long as the configuration says, and no longer. */
function revokedTokensGo(start: StartGateway, long: string, short: string): void {
  async function running(changes: Readonly<Record<string, string>>, work: (port: number) => Promise<void>): Promise<void> {
    const gateway = await start(changes);
    try {
      await work(gateway.port);
    } finally {
      await gateway.stop();
    }
  }

  test('a revoked token stays good while its answer is kept', () =>
    running({}, async (port) => {
      const token = await world.token();
      const first = world.received(await ask(port, '/', bearer(token)));
      await world.revoke(token);
      const second = world.received(await ask(port, '/', bearer(token)));
      expect(second.headers['authorization']).toEqual(first.headers['authorization']);
    }));

  test('a revoked token is out after the lag', () =>
    running({ [long]: short }, async (port) => {
      const token = await world.token();
      expect((await ask(port, '/', bearer(token))).status).toBe(200);
      await world.revoke(token);
      await until('the end of the lag', async () => (await ask(port, '/', bearer(token))).status === 401, 10_000);
    }));
}

/** Plain text on the loopback interface, TLS behind: as a service on the same machine that leaves TLS to something in front. */
async function startPlainText(port: number): Promise<Server> {
  const server = createServer((socket) => {
    const behind = connectTls({ port, host: '127.0.0.1', servername: 'localhost' });
    for (const [from, to] of [[socket, behind] as const, [behind, socket] as const]) {
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
