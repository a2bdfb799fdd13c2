import { spawnSync } from 'node:child_process';

/**
 * Which of these Debian packages are not installed; all of them where dpkg is missing.
 *
 * @param {readonly string[]} packages
 * @returns {string[]}
 */
export function missingPackages(packages) {
  return packages.filter((name) => {
    const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { encoding: 'utf8' });
    return status !== 0 || stdout !== 'installed';
  });
}
