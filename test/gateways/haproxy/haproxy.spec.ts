import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { exportSPKI, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { freePort } from '../../support/running-service.ts';
import { jwks } from '../../support/signatures.ts';
import { keepsTheRules } from '../support/contract.ts';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { ask, bearer, GatewayWorld } from '../support/gateway-world.ts';
import { describeGateway } from '../support/packages.ts';

jest.setTimeout(30_000);

let world: GatewayWorld;
let pem: string;
beforeAll(async () => {
  world = await GatewayWorld.open();
  pem = join(world.directory, 'tokenwright.pem');
  writeFileSync(pem, keyAsPem(await (await fetch(`${world.service.url}/~/jwks`)).text()));
});
afterAll(() => world.close());

describeGateway('HAProxy with jwt_verify', ['haproxy'], () => {
  keepsTheRules(
    () => world,
    () => startVerifier(),
    {
      clients: ['jwt-client', 'hasty-jwt-client'],
      subjectHeader: 'X-Token-Subject',
      seesRevocation: false,
      whenDown: [],
      needsService: false,
    },
  );

  test.each<[string, Record<string, unknown>]>([
    ['that says it is not signed', { alg: 'none' }],
    ['that names a symmetric algorithm', { alg: 'HS256' }],
  ])('a token %s does not pass', async (_what, header) => {
    const gateway = await startVerifier();
    try {
      const [, payload = '', signature = ''] = (await world.token({}, 'jwt-client')).split('.');
      const head = Buffer.from(JSON.stringify({ typ: 'at+jwt', ...header })).toString('base64url');
      for (const token of [`${head}.${payload}.${signature}`, `${head}.${payload}.`])
        expect((await ask(gateway.port, '/orders', bearer(token))).status).toBe(401);
    } finally {
      await gateway.stop();
    }
  });

  test('of tokens of a known key those of another issuer, of another type, without an end and bound ones do not pass', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const file = join(world.directory, 'own.pem');
    writeFileSync(file, await exportSPKI(publicKey));
    const gateway = await startVerifier(file);
    const now = Math.floor(Date.now() / 1000);
    const good = { iss: `${world.service.url}/~`, sub: 'app', scope: 'read', exp: now + 60 };
    const status = async (claims: JWTPayload, typ = 'at+jwt') => {
      const jwt = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ }).sign(privateKey);
      return (await ask(gateway.port, '/orders', bearer(jwt))).status;
    };
    try {
      expect(await status(good)).toBe(200);
      expect(await status({ ...good, iss: 'https://other.example' })).toBe(401);
      expect(await status(good, 'JWT')).toBe(401);
      expect(await status({ ...good, exp: now - 1 })).toBe(401);
      const { exp: _exp, ...endless } = good;
      expect(await status(endless)).toBe(401);
      expect(await status({ ...good, cnf: { jkt: 'A'.repeat(43) } })).toBe(401);
      expect(await status({ ...good, cnf: { 'x5t#S256': 'A'.repeat(43) } })).toBe(401);
    } finally {
      await gateway.stop();
    }
  });

  test('the PEM that the command writes is the key of the key set', async () => {
    const [key] = (await jwks(world.service)).filter(({ alg }) => alg === 'ES256');
    expect(createPublicKey(readFileSync(pem, 'utf8')).export({ format: 'jwk' })).toMatchObject({ x: key?.['x'], y: key?.['y'] });
  });
});

describeGateway('HAProxy with Lua', ['haproxy'], () => {
  keepsTheRules(() => world, startAsker, {
    subjectHeader: 'X-Token-Subject',
    asksAboutRequests: true,
    whenDown: [503],
  });
});

async function startVerifier(key = pem): Promise<GatewayProcess> {
  const port = await freePort();
  const { '/etc/tokenwright/ca.pem': _ca, '127.0.0.1:8443': _service, ...usual } = world.replacements(port);
  const issuer = `${world.service.url}/~`;
  return startHaproxy('jwt.cfg', port, { ...usual, '/etc/haproxy/tokenwright.pem': key, 'https://localhost:8443/~': issuer }, {});
}

async function startAsker(changes: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
  const port = await freePort();
  const between = { '127.0.0.1:8001': `127.0.0.1:${await freePort()}` };
  const script = join(mkdtempSync(join(world.directory, 'lua-')), 'forward-auth.lua');
  writeFileSync(script, world.configuration('haproxy/forward-auth.lua', between));
  return startHaproxy(
    'forward-auth.cfg',
    port,
    { ...world.replacements(port), ...between, '/etc/haproxy/forward-auth.lua': script },
    changes,
  );
}

async function startHaproxy(
  file: string,
  port: number,
  usual: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string>>,
): Promise<GatewayProcess> {
  const target = join(mkdtempSync(join(world.directory, 'haproxy-')), 'haproxy.cfg');
  writeFileSync(target, world.configuration(`haproxy/${file}`, usual, changes));
  return startGatewayProcess(['haproxy', '-db', '-f', target], port);
}

/** What the command of the README writes for this key set. */
function keyAsPem(keySet: string): string {
  const readme = readFileSync(join(process.cwd(), 'test', 'gateways', 'README.md'), 'utf8');
  const script = /\| node -e '([^']+)'/.exec(readme)?.[1];
  if (script === undefined) throw new Error('the README has no command that writes a PEM');
  return execFileSync(process.execPath, ['-e', script], { input: keySet, encoding: 'utf8' });
}
