#!/usr/bin/env node
// Starts the built command line on a Node that the product runs on, whatever Node this file is started by.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const main = join(root, 'dist', 'apps', 'cli', 'src', 'main.js');
const ownNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** The least Node that the database and the sandbox run on. */
const REQUIRED = [24, 11];

/** The young generation begins at its full size instead of growing into it under the first load. As in the start script of package.json. */
const FLAGS = ['--min-semi-space-size=16'];

if (!existsSync(main)) {
  fail(
    'tokenwright is not built yet; run this first in its folder:\n\n  npm start            builds and starts the service\n  npm run build        builds only',
  );
} else if (isNewEnough(process.versions.node)) {
  await import(pathToFileURL(main).href);
} else if (existsSync(ownNode)) {
  restart();
} else {
  fail(
    `tokenwright needs Node ${REQUIRED.join('.')} or later, and this is Node ${process.versions.node}; run "npm ci" in ${root}, which brings the right one along`,
  );
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > REQUIRED[0] || (major === REQUIRED[0] && minor >= REQUIRED[1]);
}

function restart() {
  // The channel tells the child when this process is gone, however it went.
  const child = spawn(ownNode, [...FLAGS, main, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, TOKENWRIGHT_LAUNCHER: String(process.pid) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot run ${ownNode}: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
    process.disconnect?.();
    process.exit();
  });
}

function fail(message) {
  process.stderr.write(`tokenwright: ${message}\n`);
  process.exitCode = 1;
}
