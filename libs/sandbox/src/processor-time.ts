import { readFileSync } from 'node:fs';

/** Clock ticks of /proc are 10 ms on every Linux that Node supports. */
const MILLISECONDS_PER_TICK = 10;

/** Processor time a process has used so far with all its threads, in milliseconds; null where the platform does not say. */
export function processorTime(pid: number): number | null {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The second field, the name in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks * MILLISECONDS_PER_TICK : null;
}

/** Resident memory of a process in bytes; 0 where the platform does not say. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/mu.exec(read(`/proc/${pid}/status`) ?? '');
  return kilobytes === null ? 0 : Number(kilobytes[1]) * 1024;
}

/** The only child of a process, for wrappers that fork; null while there is none. */
export function onlyChild(pid: number): number | null {
  const children = read(`/proc/${pid}/task/${pid}/children`)?.trim();
  return children === undefined || children === '' ? null : Number(children.split(' ')[0]);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}
