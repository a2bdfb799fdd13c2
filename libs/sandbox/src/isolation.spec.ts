import { describe, expect, test } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeLaunch } from './launch.ts';
import { raiseWalls } from './raise-walls.ts';
import { endOf, NEUTRAL_PRELUDE, TestSandbox } from './testing/test-sandbox.ts';
import { ALL_PARTS, PROCESS_WALLS, type Walls } from './walls.ts';

const launch = describeLaunch();
const walls = await raiseWalls('preferred', launch);
/** What a machine offers differs; what it claims must hold. */
const withWalls = walls.level === 'full' ? test : test.skip;

/** What nobody has reaped yet is dead all the same. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/mu.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

/** Runs text as the sandbox process would run, but with what the walls alone leave: no permission model. */
function privileged(script: string, around: Walls = walls): Promise<unknown> {
  const [program, ...rest] = around.wrap({
    ...launch,
    command: [process.execPath, '-e', `process.stdout.write(JSON.stringify((${script})()))`],
  });
  return new Promise((resolve, reject) => {
    execFile(
      program as string,
      rest,
      { env: launch.environment, cwd: '/', timeout: 10_000, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        if (error === null) resolve(JSON.parse(stdout));
        else reject(new Error(stderr || error.message));
      },
    );
  });
}

describe('seen from inside by a privileged probe (SANDBOX 5.11)', () => {
  withWalls('there are no files but the code of the process, and none can be written', async () => {
    const seen = (await privileged(`() => {
      const fs = require('node:fs');
      const tries = {};
      for (const file of ['/etc/passwd', '/proc/self/environ', '/proc/1/environ', '/etc', '/bin', '/var', '/dev', '/sys', ${JSON.stringify(path.join(process.cwd(), 'package-lock.json'))}, ${JSON.stringify(path.join(process.cwd(), 'data'))}])
        tries[file] = fs.existsSync(file);
      const writes = ['/x', '/tmp/x', ${JSON.stringify(path.join(launch.readable[0] as string, 'x'))}, ${JSON.stringify(path.join(path.dirname(process.execPath), 'x'))}].map((file) => { try { fs.writeFileSync(file, 'x'); return file; } catch { return null; } });
      // Folders on the way to the process's own code are there, with nothing else in them.
      for (const way of ['/root', '/home', '/tmp']) tries[way] = fs.existsSync(way) && !${JSON.stringify(process.cwd() + path.sep)}.startsWith(way + '/') && !process.execPath.startsWith(way + '/');
      return { found: Object.keys(tries).filter((file) => tries[file]), written: writes.filter(Boolean) };
    }`)) as { found: string[]; written: string[] };
    expect(seen).toEqual({ found: [], written: [] });
  });

  withWalls('there is no environment, no other process and no privilege', async () => {
    const seen = await privileged(`() => {
      let signalled = true;
      try { process.kill(${process.pid}, 0); } catch { signalled = false; }
      const dump = require('node:child_process').execFileSync('/usr/bin/setpriv', ['--dump'], { stdio: 'pipe' }).toString();
      return { environment: Object.keys(process.env), pid: process.pid, signalled, capabilities: /Capability bounding set: (.*)/.exec(dump)?.[1], noNewPrivileges: /no_new_privs: (.*)/.exec(dump)?.[1] };
    }`);
    expect(seen).toMatchObject({ pid: 1, signalled: false, capabilities: '[none]', noNewPrivileges: '1' });
    expect((seen as { environment: string[] }).environment).toEqual(Object.keys(launch.environment));
  });

  withWalls('there is no network, not even the loopback of the machine', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    let reached = false;
    server.on('connection', () => (reached = true));
    const { port } = server.address() as AddressInfo;
    await privileged(
      `() => { const s = require('node:net').connect(${port}, '127.0.0.1'); s.on('error', () => {}); setTimeout(() => process.exit(), 200); return Object.keys(require('node:os').networkInterfaces()); }`,
    ).then((interfaces) => {
      expect(interfaces).toEqual([]);
    });
    expect(reached).toBe(false);
    server.close();
  });

  test('without walls the permission model still refuses files, processes and threads', async () => {
    const command = launch.command.slice(0, -1);
    const script = `const out = {};
      for (const [name, act] of Object.entries({
        passwd: () => require('node:fs').readFileSync('/etc/passwd'), write: () => require('node:fs').writeFileSync('/tmp/x-probe', ''), spawn: () => require('node:child_process').execFileSync('/bin/true'),
        worker: () => new (require('node:worker_threads').Worker)('1', { eval: true }), inspector: () => require('node:inspector').open(0), wasm: () => WebAssembly.Module, text: () => new Function('return 1')(),
      })) { try { act(); out[name] = true; } catch { out[name] = false; } }
      process.stdout.write(JSON.stringify(out));`;
    const seen = await new Promise((resolve, reject) => {
      execFile(
        command[0] as string,
        [...command.slice(1), '-e', script],
        { env: launch.environment, cwd: '/' },
        (error, stdout, stderr) => {
          if (error === null) resolve(JSON.parse(stdout));
          else reject(new Error(stderr));
        },
      );
    });
    expect(seen).toEqual({ passwd: false, write: false, spawn: false, worker: false, inspector: false, wasm: false, text: false });
  });
});

describe('the level of isolation', () => {
  test('is told with its parts, and off means that of the process alone', async () => {
    expect(PROCESS_WALLS).toMatchObject({ level: 'process', missing: ALL_PARTS });
    expect(await raiseWalls('off', launch)).toBe(PROCESS_WALLS);
    expect([...walls.parts, ...walls.missing]).toEqual(expect.arrayContaining([...ALL_PARTS]));
    expect(walls.level === 'full').toBe(walls.missing.length === 0);
  });

  test('required is either had in full or refused with a reason', async () => {
    if (walls.level === 'full') expect((await raiseWalls('required', launch)).level).toBe('full');
    else await expect(raiseWalls('required', launch)).rejects.toThrow(/isolation is required/u);
  });

  withWalls(
    'procedures run, are ended and located behind all walls',
    async () => {
      const box = await TestSandbox.open({ isolation: 'required' });
      expect(endOf(await box.once('function result() { return {}; }'))).toBe('returned');
      expect(await box.once('function result() {\n for (;;) {} }')).toMatchObject({ fault: { kind: 'timeout', line: 2 } });
      const bomb =
        'function result() { var s = "x".repeat(1000000); for (var i = 0; i < 7; i++) s += s; return { r: Object.keys(s).length }; }';
      expect(['timeout', 'memory']).toContain(endOf(await box.once(bomb)));
      expect(await box.sandbox.check(box.program('function result() { return {}; }'))).toMatchObject({ ok: true });
      const { processes } = box.sandbox.status();
      for (const one of processes) {
        expect(one.residentBytes).toBeGreaterThan(20_000_000);
        // The number is that of the process itself, not of what wraps it.
        expect(readFileSync(`/proc/${one.pid}/cmdline`, 'latin1')).toMatch(/^[^\0]*node\0--jitless/u);
        expect(readFileSync(`/proc/${one.pid}/oom_score_adj`, 'latin1').trim()).toBe('1000');
      }
      await box.close();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(processes.map((one) => one.pid).filter(isAlive)).toEqual([]);
    },
    20_000,
  );
});

describe('a service that dies', () => {
  test.each(['off', 'preferred'])(
    'takes its processes along, with isolation %s',
    async (isolation) => {
      const script = `import { openSandbox } from ${JSON.stringify(path.join(launch.readable[0] as string, 'index.js'))};
      const sandbox = await openSandbox({ prelude: ${JSON.stringify(NEUTRAL_PRELUDE)}, isolation: ${JSON.stringify(isolation)} });
      process.stdout.write(JSON.stringify(sandbox.status().processes.map((one) => one.pid)) + '\\n');
      setInterval(() => undefined, 1000);`;
      const service = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const pids = await new Promise<number[]>((resolve) =>
        service.stdout.once('data', (line: Buffer) => {
          resolve(JSON.parse(line.toString()) as number[]);
        }),
      );
      expect(pids).toHaveLength(2);
      expect(pids.filter(isAlive)).toEqual(pids);
      service.kill('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(pids.filter(isAlive)).toEqual([]);
    },
    20_000,
  );
});
