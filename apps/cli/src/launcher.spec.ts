import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

let root: string;
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tokenwright-launcher-'));
  mkdirSync(join(root, 'apps/cli/bin'), { recursive: true });
  copyFileSync(join(import.meta.dirname, '..', 'bin', 'tokenwright.js'), join(root, 'apps/cli/bin/tokenwright.js'));
  write('package.json', '{"type":"module"}');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Makes the launcher believe that it runs on an old Node. */
const OLD = [
  '--import',
  `data:text/javascript,${encodeURIComponent("Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})")}`,
];

function launch(
  flags: readonly string[],
  ...args: readonly string[]
): { readonly child: ChildProcess; readonly ended: Promise<{ code: number | null; out: string; err: string }>; out: () => string } {
  const child = spawn(process.execPath, [...flags, join(root, 'apps/cli/bin/tokenwright.js'), ...args]);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return { child, out: () => out, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, out, err })) };
}

const main = (text: string) => write('dist/apps/cli/src/main.js', text);
const bundledNode = () => {
  mkdirSync(join(root, 'node_modules/node/bin'), { recursive: true });
  symlinkSync(process.execPath, join(root, 'node_modules/node/bin/node'));
};

describe('the launcher', () => {
  test('says what to do when nothing is built', async () => {
    const { code, err } = await launch([]).ended;
    expect(code).toBe(1);
    expect(err).toContain('tokenwright is not built yet');
    expect(err).toContain('npm start');
  });

  test('runs in its own process on a Node that is new enough', async () => {
    main('console.log(process.ppid, process.argv.slice(2).join()); process.exitCode = 2;');
    expect(await launch([], 'a', 'b').ended).toMatchObject({ code: 2, out: `${process.pid} a,b\n` });
  });

  test('on an old Node hands over to the one that came with the packages, with arguments and exit code', async () => {
    bundledNode();
    main('console.log(process.versions.node, process.argv.slice(2).join()); process.exitCode = 2;');
    expect(await launch(OLD, 'a', 'b').ended).toMatchObject({ code: 2, out: `${process.versions.node} a,b\n` });
  });

  test('on an old Node without packages says what to do', async () => {
    main('');
    const { code, err } = await launch(OLD).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/needs Node 24\.11 or later, and this is Node 20\.1\.0; run "npm ci"/);
  });

  test('passes signals on and waits for a clean end', async () => {
    bundledNode();
    main(
      `process.on('SIGTERM', () => setTimeout(() => { console.log('drained'); process.exit(0); }, 50)); console.log('ready'); setInterval(() => {}, 1000);`,
    );
    const launched = launch(OLD);
    while (!launched.out().includes('ready')) await new Promise((resolve) => setTimeout(resolve, 20));
    launched.child.kill('SIGTERM');
    expect(await launched.ended).toMatchObject({ code: 0, out: 'ready\ndrained\n' });
  });

  test('answers a death by signal with the usual exit code', async () => {
    bundledNode();
    main(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`);
    expect(await launch(OLD).ended).toMatchObject({ code: 137 });
  });
});
