import { describe, expect, test } from '@jest/globals';
import type { ProgramText } from './frames.ts';
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

describe('What the process found that loaded a program first', () => {
  const accepted = (known: KnownProgram): unknown => (JSON.parse(known.frame()) as ProgramText).accepted;

  test('goes to the others with it', () => {
    const known = program();
    expect(accepted(known)).toBeUndefined();
    known.learn('O{"assigned":["n","größe","$_1"],"dressed":true}');
    expect(accepted(known)).toEqual({ assigned: ['n', 'größe', '$_1'], dressed: true });
  });

  test.each([
    ['that nothing was built', 'O'],
    ['a refusal', 'Xthe frame is malformed'],
    ['no JSON', 'O{'],
    ['null', 'Onull'],
    ['a name that is none', 'O{"assigned":["n"," a) { evil(); } function b("],"dressed":false}'],
    ['a name that is no text', 'O{"assigned":[7],"dressed":false}'],
    ['no list of names', 'O{"assigned":"n","dressed":false}'],
    ['no word on helpers', 'O{"assigned":[]}'],
  ])('is not taken over when it is %s', (_what, reply) => {
    const known = program();
    known.learn(reply);
    expect(accepted(known)).toBeUndefined();
  });
});
