import type { EndReason } from './sandbox-process.ts';

/** A process that is killed while it is larger than this was killed for its size. */
const LARGE_BYTES = 256 * 1_048_576;

/** What is known of a process that has ended by itself. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it, or the wrapper around it, has written for people. */
  readonly stderr: string;
  /** As last seen. */
  readonly residentBytes: number;
}

/** Why a process that nobody here has ended came to its end. */
export function exitReason({ code, signal, stderr, residentBytes }: Exit): EndReason {
  const ended = signal ?? signalOf(code, stderr);
  const aborted = ended === 'SIGABRT' || ended === 'SIGTRAP' || ended === 'SIGILL';
  const outOfMemory = aborted || /out of memory|heap limit|allocation failed/iu.test(stderr);
  // The kernel's choice when memory is short, or anybody else's for reasons of their own.
  const killed = ended === 'SIGKILL';
  const large = killed && residentBytes > LARGE_BYTES;
  const mysterious = killed && !outOfMemory && !large;
  return { kind: 'exit', detail: ended ?? `exit code ${code}`, outOfMemory: outOfMemory || large, mysterious };
}

/**
 * The signal that ended the child of a wrapper. It is reported as 128 and more, or the wrapper ends itself by the same one;
 * but `unshare` of util-linux 2.38 prepares for that in a way that SIGKILL does not allow, says so, and exits with 1.
 */
function signalOf(code: number | null, stderr: string): NodeJS.Signals | null {
  switch (code) {
    case 128 + 4:
      return 'SIGILL';
    case 128 + 5:
      return 'SIGTRAP';
    case 128 + 6:
      return 'SIGABRT';
    case 128 + 9:
      return 'SIGKILL';
    case 1:
      return /^unshare: sigprocmask unblock failed/mu.test(stderr) ? 'SIGKILL' : null;
    default:
      return null;
  }
}
