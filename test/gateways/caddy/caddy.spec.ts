import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, jest } from '@jest/globals';
import { freePort } from '../../support/running-service.ts';
import { keepsTheRules } from '../support/contract.ts';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { GatewayWorld } from '../support/gateway-world.ts';
import { describeGateway } from '../support/packages.ts';

jest.setTimeout(30_000);

let world: GatewayWorld;
beforeAll(async () => {
  world = await GatewayWorld.open();
});
afterAll(() => world.close());

describeGateway('Caddy with forward_auth', ['caddy'], () => {
  keepsTheRules(() => world, startCaddy, {
    subjectHeader: 'X-Token-Subject',
    asksAboutRequests: true,
    whenDown: [502, 504],
  });
});

async function startCaddy(changes: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
  const port = await freePort();
  const directory = mkdtempSync(join(world.directory, 'caddy-'));
  const file = join(directory, 'Caddyfile');
  writeFileSync(file, world.configuration('caddy/Caddyfile', world.replacements(port), changes));
  return startGatewayProcess(['caddy', 'run', '--config', file, '--adapter', 'caddyfile'], port, {
    HOME: directory,
    XDG_DATA_HOME: directory,
    XDG_CONFIG_HOME: directory,
  });
}
