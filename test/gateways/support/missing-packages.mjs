import { spawnSync } from 'node:child_process';

/** With the folders of servers and of what installs them, which many a PATH lacks. */
export const PATH_OF_SERVERS = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

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
