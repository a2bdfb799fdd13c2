import { describe, expect, test } from '@jest/globals';
import { exitReason, type Exit } from './exit-reason.ts';

const exit = (members: Partial<Exit>) => exitReason({ code: null, signal: null, stderr: '', residentBytes: 60_000_000, ...members });

describe('a process that has ended by itself', () => {
  test.each<[what: string, members: Partial<Exit>]>([
    ['by a signal', { signal: 'SIGKILL' }],
    ['within a wrapper that reports it', { code: 137 }],
    ['within a wrapper that cannot report it', { code: 1, stderr: 'unshare: sigprocmask unblock failed: Invalid argument\n' }],
  ])('was killed from outside, %s: nobody is to blame', (_what, members) => {
    expect(exit(members)).toEqual({ kind: 'exit', detail: 'SIGKILL', outOfMemory: false, mysterious: true });
    expect(exit({ ...members, residentBytes: 300_000_000 })).toMatchObject({ outOfMemory: true, mysterious: false });
  });

  test.each<[what: string, members: Partial<Exit>, detail: string]>([
    ['aborted', { signal: 'SIGABRT' }, 'SIGABRT'],
    ['aborted within a wrapper', { code: 134 }, 'SIGABRT'],
    ['trapped within a wrapper', { code: 133 }, 'SIGTRAP'],
    ['met an illegal instruction within a wrapper', { code: 132 }, 'SIGILL'],
    ['said so', { code: 1, stderr: 'FATAL ERROR: Reached heap limit' }, 'exit code 1'],
  ])('had no memory left: it %s', (_what, members, detail) => {
    expect(exit(members)).toEqual({ kind: 'exit', detail, outOfMemory: true, mysterious: false });
  });

  test.each<[what: string, members: Partial<Exit>, detail: string]>([
    ['exited', { code: 1, stderr: 'Error: something else, and no unshare: sigprocmask unblock failed' }, 'exit code 1'],
    ['exited in good order', { code: 0 }, 'exit code 0'],
    ['broke', { signal: 'SIGSEGV' }, 'SIGSEGV'],
  ])('is to blame: it %s', (_what, members, detail) => {
    expect(exit(members)).toEqual({ kind: 'exit', detail, outOfMemory: false, mysterious: false });
  });
});
