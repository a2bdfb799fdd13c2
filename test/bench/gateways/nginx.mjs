import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, ServiceProcess } from '../services/service-process.mjs';

const MODULES = '/usr/lib/nginx/modules';

/**
 * Starts an nginx with one worker and a configuration file as of `conf.d`.
 *
 * @param {object} gateway
 * @param {string} gateway.name for people, and for the folder of its files
 * @param {URL} gateway.file
 * @param {(port: number, directory: string) => Record<string, string>} gateway.replacements by what stands in the file; each must
 * @param {import('../services/services.mjs').Surroundings} surroundings
 * @returns {Promise<{ process: ServiceProcess, port: number }>}
 */
export async function startNginx({ name, file, replacements }, { directory: parent, core }) {
  if (!existsSync(join(MODULES, 'ngx_http_js_module.so'))) throw new Error('nginx is missing: apt-get install nginx libnginx-mod-http-js');
  const port = await freePort();
  const directory = join(parent, name);
  mkdirSync(join(directory, 'tmp'), { recursive: true });
  symlinkSync(MODULES, join(directory, 'modules'));
  const wanted = replacements(port, directory);
  let text = readFileSync(file, 'utf8');
  for (const printed of Object.keys(wanted)) if (!text.includes(printed)) throw new Error(`${file} does not say ${printed}`);
  const printed = Object.keys(wanted).sort((a, b) => b.length - a.length);
  text = text.replace(
    new RegExp(printed.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g'),
    (found) => wanted[found],
  );
  writeFileSync(join(directory, 'gateway.conf'), text);
  writeFileSync(join(directory, 'nginx.conf'), mainOf(directory));
  const process = await ServiceProcess.start({
    name,
    command: ['nginx', '-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr'],
    core,
    ready: `http://127.0.0.1:${port}/`,
  });
  return { process, port };
}

function mainOf(directory) {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(directory, 'tmp', name)};`);
  return `
    daemon off;
    ${process.getuid() === 0 ? 'user root;' : ''}
    worker_processes 1;
    pid ${join(directory, 'nginx.pid')};
    include /etc/nginx/modules-enabled/*.conf;
    events { worker_connections 4096; }
    http {
      access_log off;
      error_log stderr;
      keepalive_requests 1000000;
      ${paths.join('\n')}
      include ${join(directory, 'gateway.conf')};
    }`;
}
