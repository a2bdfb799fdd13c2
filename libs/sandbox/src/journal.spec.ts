import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { endOf, responseOf, TestSandbox } from './testing/test-sandbox.ts';

let box: TestSandbox;
beforeAll(async () => {
  box = await TestSandbox.open();
});
afterAll(() => box.close());

const ASK_TWICE = 'function result() { return { a: ask("one", "x"), b: ask("two", "y") }; }';

describe('host calls', () => {
  test('are answered in order, once per index, and the run is repeated with the answers', async () => {
    const calls: string[] = [];
    const outcome = await box.once(
      ASK_TWICE,
      {},
      {
        measure: true,
        answer: ({ kind, args }) => {
          calls.push(`${kind} ${args}`);
          return { ok: `${kind}!` };
        },
      },
    );
    expect(responseOf(outcome)).toEqual({ a: 'one!', b: 'two!' });
    expect(calls).toEqual(['one x', 'two y']);
    expect(outcome.usage?.runs).toBe(3);
  });

  test('that the host expected need no second run and take no place in the journal', async () => {
    const likely = [{ kind: 'one', args: 'x', answer: 'known' }];
    const calls: string[] = [];
    const outcome = await box.once(
      ASK_TWICE,
      {},
      {
        likely,
        measure: true,
        answer: ({ kind }) => {
          calls.push(kind);
          return { ok: 'asked' };
        },
      },
    );
    expect(responseOf(outcome)).toEqual({ a: 'known', b: 'asked' });
    expect(calls).toEqual(['two']);
    expect(outcome.usage?.runs).toBe(2);
  });

  test('have arguments of 65,536 characters at most, whatever the other limits', async () => {
    const asking = (length: number): string => `function result() { return { n: ask("one", "x".repeat(${length})).length }; }`;
    expect(responseOf(await box.once(asking(65_536), {}, { answer: () => ({ ok: 'fine' }) }))).toEqual({ n: 4 });
    let asked = 0;
    const outcome = await box.once(asking(65_537), {}, { answer: () => ({ ok: `${++asked}` }) });
    expect(outcome).toMatchObject({ kind: 'fault', fault: { kind: 'runtime', message: expect.stringMatching(/^RangeError: .*65536/u) } });
    const kind = await box.once('function result() { ask("k".repeat(101), ""); return {}; }', {}, { answer: () => ({ ok: `${++asked}` }) });
    expect(kind).toMatchObject({ kind: 'fault', fault: { kind: 'runtime', message: expect.stringContaining('longer than 100') } });
    expect(asked).toBe(0);
  });

  test('have arguments of 524,288 characters in all, and a journal that does not grow without end', async () => {
    let asked = 0;
    const asking = 'function result() { for (var i = 0; i < 20; i++) ask("one", "x".repeat(65536)); return {}; }';
    expect(await box.once(asking, {}, { answer: () => ({ ok: `${++asked}` }) })).toMatchObject({
      kind: 'fault',
      fault: { kind: 'runtime', message: expect.stringMatching(/^RangeError: .*524288/u) },
    });
    expect(asked).toBe(8);
    const greedy = 'function result() { for (var i = 0; i < 20; i++) ask("one", ""); return {}; }';
    const outcome = await box.once(greedy, {}, { answer: () => ({ ok: 'x'.repeat(500_000) }) });
    expect(outcome).toMatchObject({ kind: 'fault', fault: { kind: 'memory', message: expect.stringContaining('2097152') } });
  });

  test('match a likely answer on exactly the same arguments only', async () => {
    for (const args of ['x ', 'X', '', 'xy']) {
      const outcome = await box.once(
        'function result() { return { a: ask("one", "x") }; }',
        {},
        { likely: [{ kind: 'one', args, answer: 'wrong' }], answer: () => ({ ok: 'right' }) },
      );
      expect(responseOf(outcome)).toEqual({ a: 'right' });
    }
  });

  test('carry any text there and back: control characters, separators, lone surrogates made whole', async () => {
    const text = 'a\u0000b\u0001c\u0002d\u0003e"\\\n\u2028\u{1f600}';
    const seen: string[] = [];
    const source = `function result(context) { return { a: ask("one", context.data.text), b: ask("two", context.data.text + "\\ud800") }; }`;
    const outcome = await box.once(
      source,
      { text },
      {
        answer: ({ args }) => {
          seen.push(args);
          return { ok: args };
        },
      },
    );
    expect(responseOf(outcome)).toEqual({ a: text, b: `${text}\ufffd` });
    expect(seen).toEqual([text, `${text}\ufffd`]);
  });

  test('cannot be fooled by a likely answer that holds separators', async () => {
    const likely = [{ kind: 'one', args: 'x', answer: 'a\u0002two\u0003y\u0003forged' }];
    expect(responseOf(await box.once(ASK_TWICE, {}, { likely, answer: ({ kind }) => ({ ok: kind }) }))).toEqual({ a: 'one', b: 'two' });
  });

  test('that fail throw an error with the code inside the procedure', async () => {
    const source =
      'function result() { try { ask("one", "x"); } catch (e) { return { name: e.name, code: e.code, message: e.message, is: e instanceof Error }; } }';
    const outcome = await box.once(source, {}, { answer: () => ({ error: { code: 'denied', message: 'not for you' } }) });
    expect(responseOf(outcome)).toEqual({ name: 'Error', code: 'denied', message: 'not for you', is: true });
  });

  test('that the host cannot answer end the invocation as unavailable, without its words', async () => {
    for (const answer of [
      () => {
        throw new Error('secret detail');
      },
      () => Promise.reject(new Error('secret detail')),
    ]) {
      const outcome = await box.once(ASK_TWICE, {}, { answer });
      expect(outcome).toMatchObject({ kind: 'fault', fault: { kind: 'unavailable', retryable: true } });
      expect(JSON.stringify(outcome)).not.toContain('secret');
    }
  });
});

describe('a suspended run', () => {
  test('counts for nothing, whatever the script makes of the interruption', async () => {
    const source = `function result() {
      var got;
      try { got = ask("one", "x"); } catch (e) {
        for (var i = 0; i < 3; i++) try { effect("bad", "caught"); } catch (again) { }
        try { ask("three", "z"); } catch (again) { }
        logger.info("caught");
        return { wrong: true };
      }
      effect("good", got);
      return { got: got };
    }`;
    const calls: string[] = [];
    const outcome = await box.once(
      source,
      {},
      {
        answer: ({ kind }) => {
          calls.push(kind);
          return { ok: 'real' };
        },
      },
    );
    expect(responseOf(outcome)).toEqual({ got: 'real' });
    expect(outcome).toMatchObject({ effects: [{ kind: 'good', payload: 'real' }], log: [] });
    expect(calls).toEqual(['one']);
  });

  test('that refuses or throws afterwards is repeated all the same', async () => {
    expect(responseOf(await box.once('function result() { try { return { a: ask("one", "x") }; } catch (e) { refuse("no"); } }'))).toEqual({
      a: 'x',
    });
    expect(
      responseOf(await box.once('function result() { try { return { a: ask("one", "x") }; } catch (e) { throw new Error("no"); } }')),
    ).toEqual({ a: 'x' });
  });

  test('sees the same time, the same dice and the same minted values again', async () => {
    const source = `function result() {
      var before = [Date.now(), Math.random(), Math.random(), mint("t")];
      var a = ask("one", JSON.stringify(before));
      return { same: a === JSON.stringify(before), after: [Date.now(), Math.random(), mint("t")], before: before };
    }`;
    const outcome = responseOf(await box.once(source, {}, { minted: { t: ['A', 'B'] } })) as {
      same: boolean;
      after: unknown[];
      before: unknown[];
    };
    expect(outcome.same).toBe(true);
    expect(outcome.before[0]).toBe(1_700_000_000_000);
    expect([outcome.before[3], outcome.after[2]]).toEqual(['A', 'B']);
  });

  test('asks with what earlier answers said, each answer the one that was given', async () => {
    const source = 'function result() { var a = ask("one", "x"); return { a: ask(a === "1" ? "left" : "right", a) }; }';
    let turn = 0;
    const outcome = await box.once(
      source,
      {},
      { answer: ({ kind, args }) => ({ ok: kind === 'one' ? String(++turn) : `${kind} ${args}` }) },
    );
    expect(responseOf(outcome)).toEqual({ a: 'left 1' });
    expect(turn).toBe(1);
  });

  test('that asks something else the next time is nondeterministic', async () => {
    // Nothing a procedure can reach differs between runs, so the prelude must: it counts the runs of its realm.
    const fickle = await TestSandbox.open({
      prelude: `(guest) => { let runs = 0; return { globals: { ask: (args) => guest.call('kind', args + runs) }, context: (parsed) => { runs++; return parsed; }, rejection: () => null }; }`,
    });
    const outcome = await fickle.once('function result() { try { return { a: ask("x") }; } catch (e) { return {}; } }');
    expect(outcome).toMatchObject({ kind: 'fault', fault: { kind: 'nondeterministic', message: expect.stringContaining('host call 1') } });
    await fickle.close();
  });
});

describe('minted values', () => {
  test('go the n-th to the n-th use of each kind, and the host makes more when they run out', async () => {
    const source = 'function result() { return { v: [mint("t"), mint("u"), mint("t"), mint("t"), mint("none")] }; }';
    const calls: string[] = [];
    const outcome = await box.once(
      source,
      {},
      {
        minted: { t: ['T0', 'T1'], u: ['U0'] },
        answer: ({ kind, args }) => {
          calls.push(`${kind} ${args}`);
          return { ok: `more ${args}` };
        },
      },
    );
    expect(responseOf(outcome)).toEqual({ v: ['T0', 'U0', 'T1', 'more t', 'more none'] });
    expect(calls).toEqual(['mint t', 'mint none']);
  });
});

describe('effects and refusals', () => {
  test('effects come in their order with their text', async () => {
    const outcome = await box.once('function result() { effect("a", "1\\n2"); effect("b", ""); logger.warn("w"); return {}; }');
    expect(outcome).toMatchObject({
      effects: [
        { kind: 'a', payload: '1\n2' },
        { kind: 'b', payload: '' },
      ],
      log: [{ level: 'warn', message: 'w' }],
    });
  });

  test('an effect cannot forge another one', async () => {
    expect(endOf(await box.once('function result() { effect("a", "x\\u0002b\\u0003forged"); return {}; }'))).toBe('runtime');
    expect(await box.once('function result() { logger.info("x\\u0001y\\u0002e\\u0003z"); return {}; }')).toMatchObject({
      kind: 'returned',
      effects: [],
      log: [{ level: 'info', message: 'x\ufffdy\ufffde\ufffdz' }],
    });
  });

  test('a refusal on purpose is no fault and keeps its payload and log', async () => {
    const outcome = await box.once('function result() { logger.info("before"); effect("e", "dropped"); refuse("{\\"status\\":403}"); }');
    expect(outcome).toEqual({ kind: 'rejected', payload: '{"status":403}', log: [{ level: 'info', message: 'before' }] });
  });

  test('an error that looks like a refusal is none', async () => {
    expect(endOf(await box.once('function result() { throw { payload: "{}", name: "Refusal" }; }'))).toBe('runtime');
  });

  test('many invocations at once each get their own answer', async () => {
    const key = box.load(
      'function result(context) { var a = ask("echo", "" + context.data.n); effect("e", a); return { n: context.data.n, a: a }; }',
    );
    const outcomes = await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        box.run(
          key,
          { n },
          n % 2 === 0
            ? {}
            : {
                answer: async ({ args }) => {
                  await Promise.resolve();
                  return { ok: args };
                },
              },
        ),
      ),
    );
    outcomes.forEach((outcome, n) => {
      expect(responseOf(outcome)).toEqual({ n, a: String(n) });
    });
  });
});
