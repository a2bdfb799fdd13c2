import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/**
 * Processor time as the kernel accounts it. Linux only: elsewhere `canReadProcessor` is false and the bench reports rates and
 * latencies without it.
 */
export const canReadProcessor = process.platform === 'linux';

/** /proc counts in ticks; 10 ms is the usual length of one, so windows last seconds. */
const TICK_MICROSECONDS = canReadProcessor ? 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) : NaN;

/**
 * User and system microseconds of a process and all that belongs to it, since they began.
 * The time of children that have ended and were waited for stands in their parent, so a sandbox process that is killed and
 * replaced in between is not lost.
 */
export function processorMicroseconds(root) {
  let ticks = 0;
  for (const { user, system, reapedUser, reapedSystem } of family(root)) ticks += user + system + reapedUser + reapedSystem;
  return ticks * TICK_MICROSECONDS;
}

/** The same of one process alone, all its threads. */
export function processMicroseconds(pid) {
  const { user, system } = statOf(String(pid)) ?? gone(pid);
  return (user + system) * TICK_MICROSECONDS;
}

/** The same of a process's main thread, whose id is that of the process. */
export function mainThreadMicroseconds(pid) {
  const { user, system } = statOf(`${pid}/task/${pid}`) ?? gone(pid);
  return (user + system) * TICK_MICROSECONDS;
}

/** Microseconds that a core has been idle, waiting for disks included. */
export function idleMicroseconds(core) {
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((candidate) => candidate.startsWith(`cpu${core} `));
  const fields = line.split(' ');
  return (Number(fields[4]) + Number(fields[5])) * TICK_MICROSECONDS;
}

/** The processes of a service, with the cores each may run on. For a look at what is measured. */
export function processesOf(root) {
  return family(root).map(({ pid, name }) => ({ pid, name, cores: allowedCores(pid) }));
}

/**
 * The root, its descendants through whatever wrappers (`unshare`, `taskset`), and every process of the session it leads,
 * which finds those whose parent has gone.
 */
function family(root) {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(statOf)
    .filter((stat) => stat !== null);
  const members = new Map(all.filter((stat) => stat.pid === root || stat.session === root).map((stat) => [stat.pid, stat]));
  if (!members.has(root)) gone(root);
  for (let grown = true; grown;) {
    const outside = all.filter((stat) => !members.has(stat.pid) && members.has(stat.parent));
    for (const stat of outside) members.set(stat.pid, stat);
    grown = outside.length > 0;
  }
  return [...members.values()];
}

function gone(pid) {
  throw new Error(`the process ${pid} has gone`);
}

/** Fields of proc_pid_stat(5); null for a process that has ended since it was listed. */
function statOf(entry) {
  let text;
  try {
    text = readFileSync(`/proc/${entry}/stat`, 'latin1');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
    throw error;
  }
  // The name stands in parentheses and may itself hold spaces and parentheses.
  const nameEnd = text.lastIndexOf(')');
  const fields = text.slice(nameEnd + 2).split(' ');
  return {
    pid: Number.parseInt(entry, 10),
    name: text.slice(text.indexOf('(') + 1, nameEnd),
    parent: Number(fields[1]),
    session: Number(fields[3]),
    user: Number(fields[11]),
    system: Number(fields[12]),
    reapedUser: Number(fields[13]),
    reapedSystem: Number(fields[14]),
  };
}

function allowedCores(pid) {
  return /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '?';
}
