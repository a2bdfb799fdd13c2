// Installs Debian packages that gateway specs need: `node install.mjs PACKAGE...`. Root and apt are the caller's to check.
// One at a time in a checkout, since specs run side by side. Only built-ins.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from '../../../scripts/lock.mjs';
import { quietly, root } from '../../../scripts/run.mjs';
import { missingPackages, PATH_OF_SERVERS } from './missing-packages.mjs';

/** Asked by Debian before it starts a service that was just installed; 101 is no. */
const POLICY = '/usr/sbin/policy-rc.d';

const wanted = process.argv.slice(2);
await exclusively(join(root, '.cache', 'gateways.lock'), install, () => console.log('Another spec installs gateways; waiting for it ...'));

async function install() {
  const missing = missingPackages(wanted);
  if (missing.length === 0) return;
  const env = { ...process.env, PATH: PATH_OF_SERVERS, DEBIAN_FRONTEND: 'noninteractive' };
  await quietly('Reading the package lists', ['apt-get', 'update', '-q'], { env });
  const decides = existsSync(POLICY);
  if (!decides) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const command = ['apt-get', 'install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...missing];
    await quietly(`Installing ${missing.join(', ')}`, command, { env });
  } finally {
    if (!decides) rmSync(POLICY, { force: true });
  }
}
