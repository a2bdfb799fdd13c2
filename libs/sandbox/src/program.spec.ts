import { describe, expect, test } from '@jest/globals';
import { KnownProgram } from './program.ts';
import type { EndReason } from './sandbox-process.ts';

const program = () => new KnownProgram({ key: 'a', procedure: 'a', version: 1, flow: 'oauth-introspect', source: '' }, 1, 'waiting');
const ended = (kind: EndReason['kind'], mysterious = false): EndReason => ({ kind, detail: '', outOfMemory: false, mysterious });

describe('A program that a process was loading when it ended', () => {
  test.each<EndReason['kind']>(['processor', 'memory', 'exit'])('is to blame at once for its %s', (kind) => {
    expect(program().isToBlame(ended(kind))).toBe(true);
  });

  test("is to blame for an end that may be anybody's only at the third, so that others need not wait for ever", () => {
    const loaded = program();
    expect([ended('stalled'), ended('exit', true), ended('stalled')].map((reason) => loaded.isToBlame(reason))).toEqual([
      false,
      false,
      true,
    ]);
  });
});
