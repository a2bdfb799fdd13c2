import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { missingPackages } from './missing-packages.mjs';

/**
 * Describes what a gateway does, on the real program. Packages that are missing are installed where that is possible; where it is
 * not, nothing is tested, and the reason is printed.
 *
 * @param packages of Debian
 */
export function describeGateway(name: string, packages: readonly string[], tests: () => void): void {
  const reason = lacking(packages);
  if (reason === null) {
    describe(name, tests);
    return;
  }
  console.warn(`Not tested: ${name}. ${reason}`);
  describe.skip(`${name} (${reason})`, tests);
}

/** Why these packages cannot be used here; null when they can. */
function lacking(packages: readonly string[]): string | null {
  const missing = missingPackages(packages);
  if (missing.length === 0) return null;
  const named = `It needs Debian's ${missing.join(', ')}`;
  if (!existsSync('/usr/bin/apt-get')) return `${named}, and there is no apt here.`;
  if (process.getuid?.() !== 0) return `${named}: apt-get install ${missing.join(' ')}`;
  const script = join(process.cwd(), 'test', 'gateways', 'support', 'install.mjs');
  const { status } = spawnSync(process.execPath, [script, ...packages], { stdio: 'inherit' });
  const left = missingPackages(packages);
  return status === 0 && left.length === 0 ? null : `${named}, and apt could not install it.`;
}
