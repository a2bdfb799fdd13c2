import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/running-service.ts';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import type { GatewayWorld } from '../support/gateway-world.ts';

/**
 * Starts nginx with a file of this folder as a file of `conf.d`.
 *
 * @param changes made to the file after the usual ones
 */
export async function startNginx(
  world: GatewayWorld,
  file: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  const port = await freePort();
  const directory = mkdtempSync(join(world.directory, 'nginx-'));
  mkdirSync(join(directory, 'tmp'));
  // The files of modules-enabled name them from here.
  symlinkSync('/usr/lib/nginx/modules', join(directory, 'modules'));
  const files: Record<string, string> = {
    ...(file === 'njs.conf' ? { '/etc/nginx/phantom.js': join(process.cwd(), 'test/gateways/nginx/phantom.js') } : {}),
    ...(['njs.conf', 'auth-request-cached.conf'].includes(file) ? { '/run/tokenwright-cache': join(directory, 'cache') } : {}),
  };
  const text = world.configuration(`nginx/${file}`, world.replacements(port), files, changes);
  writeFileSync(join(directory, 'gateway.conf'), text);
  writeFileSync(join(directory, 'nginx.conf'), mainOf(directory));
  return startGatewayProcess(['nginx', '-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr'], port);
}

/** What Debian's nginx.conf is to a file of `conf.d`, in the foreground and in a folder of its own. */
function mainOf(directory: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(directory, 'tmp', name)};`);
  return `
    daemon off;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    worker_processes 1;
    pid ${join(directory, 'nginx.pid')};
    include /etc/nginx/modules-enabled/*.conf;
    events {}
    http {
      access_log off;
      error_log stderr;
      ${paths.join('\n')}
      include ${join(directory, 'gateway.conf')};
    }`;
}
