// Runs the programs that set-up, check and test are made of. Only built-ins; runs on Node 20.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The search path without this checkout's programs: npm must not run on a Node that it is about to replace. */
export function outerPath(path = process.env.PATH ?? '') {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '' && resolve(folder) !== join(root, 'node_modules', '.bin'))
    .join(delimiter);
}

/** How to run npm: as the npm that runs this does, else as the shell would; null when there is none. */
export function npmCommand(env = process.env) {
  const { npm_execpath: script, npm_node_execpath: node } = env;
  if (
    script !== undefined &&
    /\.c?js$/.test(script) &&
    existsSync(script) &&
    node !== undefined &&
    existsSync(node) &&
    !resolve(node).startsWith(join(root, 'node_modules'))
  )
    return [node, script];
  const names = process.platform === 'win32' ? ['npm.cmd', 'npm.exe'] : ['npm'];
  for (const folder of outerPath(env.PATH ?? '').split(delimiter))
    for (const name of names) if (existsSync(join(folder, name))) return [join(folder, name)];
  return null;
}

/**
 * Runs a program and shows every few seconds that it is at work. What it writes is shown only if it fails.
 *
 * @returns seconds it took
 * @throws Error with the end of what it wrote
 */
export async function quietly(what, [command, ...args], { env = process.env, every = 3000 } = {}) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  console.log(`${what} ...`);
  const progress = setInterval(() => console.log(`${what} ... ${seconds()} s`), every);
  try {
    await new Promise((done, failed) => {
      const child = spawn(command, args, {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        shell: process.platform === 'win32' && command.endsWith('.cmd'),
      });
      let tail = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text) => (tail = (tail + text).slice(-20_000)));
      child.on('error', failed);
      child.on('close', (code, signal) =>
        code === 0 ? done() : failed(new Error(`${what} failed (${signal ?? `exit code ${code}`}):\n${tail.trim()}`)),
      );
    });
  } finally {
    clearInterval(progress);
  }
  console.log(`${what}: done in ${seconds()} s`);
}

/** Runs a program that writes to the terminal itself; the answer is its exit code. */
export function openly([command, ...args], env = process.env) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    child.on('error', failed);
    child.on('close', (code) => done(code ?? 1));
  });
}

/** Runs a program beside others: what it writes is shown when it has ended, in one piece. The answer is its exit code. */
export function aside([command, ...args], env = process.env) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: root, env: { ...env, ...colours(env) }, stdio: ['ignore', 'pipe', 'pipe'] });
    const written = [];
    child.stdout.on('data', (part) => written.push(part));
    child.stderr.on('data', (part) => written.push(part));
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    child.on('error', failed);
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(written));
      done(code ?? 1);
    });
  });
}

/** As if it wrote to the terminal itself. */
function colours(env) {
  return process.stdout.isTTY && env.NO_COLOR === undefined ? { FORCE_COLOR: '1' } : {};
}
