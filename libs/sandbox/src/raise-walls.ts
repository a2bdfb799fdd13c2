import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Launch } from './launch.ts';
import type { IsolationWish } from './options.ts';
import { SandboxError } from './sandbox-error.ts';
import { ALL_PARTS, PROCESS_PARTS, PROCESS_WALLS, type Walls } from './walls.ts';

/** Where the tools of util-linux are looked for; the service's own PATH says nothing about them. */
const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** Shared libraries, wherever a distribution keeps them. */
const LIBRARIES = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/usr/local/lib', '/nix/store'];

/** Empty folders by custom; one becomes the root of the process's file system, in its own view only. */
const ROOTS = ['/mnt', '/media', '/srv', '/var/tmp', '/tmp', '/run'];

/**
 * Builds a file system of nothing but what the process may read, read-only, and runs the process in it as the first one of its
 * own process table, without capabilities. Arguments: root, folders and files, `--`, command. Shells export names of their own,
 * so the environment is made anew, with the values that the shell was given.
 */
const enclose = (names: readonly string[]): string => `set -e
PATH=/usr/sbin:/usr/bin:/sbin:/bin
root=$1; shift
mount -t tmpfs -o mode=755,size=1m,nosuid,nodev tmpfs "$root"
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir -p "$root$1"; else mkdir -p "$root$(dirname "$1")"; : > "$root$1"; fi
  mount --bind "$1" "$root$1" 2>/dev/null || mount --rbind "$1" "$root$1"
  mount -o remount,bind,ro,nosuid,nodev "$root$1"
  shift
done
shift
mount -o remount,ro "$root"
echo 1000 > /proc/self/oom_score_adj || true
exec "$(command -v env)" -i ${names.map((name) => `${name}="$${name}"`).join(' ')} "$(command -v chroot)" "$root" "$@"`;

/** Tells, from inside, what the process could reach. */
const LOOK_AROUND = `const fs = require('node:fs');
let written = true;
try { fs.writeFileSync('/.probe', ''); fs.unlinkSync('/.probe'); } catch { written = false; }
process.stdout.write(JSON.stringify({
  network: Object.keys(require('node:os').networkInterfaces()).length > 0,
  files: written || fs.existsSync('/etc') || fs.existsSync('/proc'),
  processes: process.pid !== 1,
  environment: Object.keys(process.env),
}));`;

/** What the look around saw. */
interface Surroundings {
  readonly network: boolean;
  readonly files: boolean;
  readonly processes: boolean;
  /** Names only. */
  readonly environment: readonly string[];
}

interface Attempt {
  readonly forks: boolean;
  readonly parts: readonly string[];
  readonly wrap: (launch: Launch) => readonly string[];
}

/**
 * Finds out, once, how much the operating system offers: each arrangement is tried with a process that looks around from inside,
 * the strongest first. Throws `SandboxError` when all of it is required and not to be had.
 */
export async function raiseWalls(wish: IsolationWish, launch: Launch): Promise<Walls> {
  if (wish === 'off') return PROCESS_WALLS;
  const refusals: string[] = [];
  for (const attempt of attempts()) {
    const refusal = await tryOut(attempt, launch);
    if (refusal !== null) {
      refusals.push(refusal);
      continue;
    }
    const missing = ALL_PARTS.filter((part) => !attempt.parts.includes(part));
    if (wish === 'required' && missing.length > 0) break;
    return {
      level: missing.length === 0 ? 'full' : 'partial',
      parts: [...PROCESS_PARTS, ...attempt.parts],
      missing,
      forks: attempt.forks,
      wrap: attempt.wrap,
    };
  }
  if (wish === 'required')
    throw new SandboxError(
      `isolation is required, but this machine does not offer all of it (${process.platform === 'linux' ? (refusals[0] ?? 'util-linux is not installed') : `${process.platform} has no namespaces`}). ` +
        'Allow unprivileged user namespaces, or choose isolation `preferred`.',
    );
  return PROCESS_WALLS;
}

/** The strongest first. None on platforms without namespaces or without util-linux. */
function attempts(): readonly Attempt[] {
  const [unshare, setpriv, prlimit, sh] = ['unshare', 'setpriv', 'prlimit', 'sh'].map(find);
  if (process.platform !== 'linux' || setpriv === undefined || prlimit === undefined) return [];
  const stripped = [
    setpriv,
    '--no-new-privs',
    '--pdeathsig',
    'KILL',
    '--inh-caps=-all',
    '--ambient-caps=-all',
    '--bounding-set=-all',
    '--',
  ];
  const limited = [prlimit, '--core=0', '--fsize=0', '--nofile=64', '--'];
  const found: Attempt[] = [];
  if (unshare !== undefined && sh !== undefined) {
    // Two steps: entering a user namespace resets the signal that a parent's death sends.
    const enclosed = (namespaces: readonly string[]): Attempt => ({
      forks: true,
      parts: ALL_PARTS,
      wrap: (launch) => [
        ...[unshare, ...namespaces, '--mount', '--net', '--ipc', '--uts', '--', setpriv, '--pdeathsig', 'KILL', '--'],
        ...[
          unshare,
          '--pid',
          '--fork',
          '--kill-child=KILL',
          '--',
          sh,
          '-c',
          enclose(Object.keys(launch.environment)),
          'sh',
          rootFor(launch),
        ],
        ...[setpriv, prlimit, process.execPath, ...LIBRARIES, ...launch.readable].filter((one) => existsSync(one)),
        ...['--', ...limited, ...stripped, ...launch.command],
      ],
    });
    found.push(enclosed(['--user', '--map-root-user']));
    // A service that is root already, where user namespaces are switched off.
    if (process.getuid?.() === 0) found.push(enclosed([]));
    found.push({
      forks: false,
      parts: ['no network', 'no privileges', 'resource limits'],
      wrap: (launch) => [unshare, '--user', '--map-root-user', '--net', '--ipc', '--', ...limited, ...stripped, ...launch.command],
    });
  }
  found.push({
    forks: false,
    parts: ['resource limits'],
    wrap: (launch) => [...limited, setpriv, '--no-new-privs', '--pdeathsig', 'KILL', '--', ...launch.command],
  });
  return found;
}

/** Null when it works and shows from inside what it promises, else what went wrong. */
function tryOut(attempt: Attempt, launch: Launch): Promise<string | null> {
  const [program, ...rest] = attempt.wrap({ ...launch, command: [process.execPath, '--no-node-snapshot', '-e', LOOK_AROUND] });
  return new Promise((resolve) => {
    execFile(
      program as string,
      rest,
      { env: launch.environment, cwd: '/', timeout: 10_000, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        if (error !== null) {
          resolve(stderr.trim().slice(0, 500) || error.message.slice(0, 200));
          return;
        }
        try {
          const seen = JSON.parse(stdout) as Surroundings;
          if (attempt.parts.includes('no network') && seen.network) resolve('the network is still there');
          else if (attempt.parts.includes('own file system') && seen.files) resolve('files are still there');
          else if (attempt.parts.includes('own process table') && seen.processes) resolve('other processes are still there');
          else if (seen.environment.some((name) => !(name in launch.environment))) resolve('the environment holds more than it should');
          else resolve(null);
        } catch {
          resolve('the probe did not answer');
        }
      },
    );
  });
}

/** A folder that may vanish from the process's view: nothing it has to read lies below. */
function rootFor(launch: Launch): string {
  const needed = [process.execPath, ...launch.readable];
  return ROOTS.find((root) => existsSync(root) && !needed.some((one) => one.startsWith(root + path.sep))) ?? '/mnt';
}

function find(tool: string): string | undefined {
  return FOLDERS.map((folder) => path.join(folder, tool)).find((candidate) => existsSync(candidate));
}
