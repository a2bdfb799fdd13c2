import { describe, expect, test } from '@jest/globals';
import type { HostAnswer, HostCall, Outcome } from '#libs/oauth';
import { TestSandbox } from './testing/test-sandbox.ts';

/** Runs of every kind; `n` makes each run of a kind another one. */
const KINDS: Readonly<Record<string, string>> = {
  clock: `function result(context) { return { now: Date.now(), date: new Date().toISOString(), text: Date(), guest: now(), n: context.data.n }; }`,
  dice: `function result(context) { var dice = []; for (var i = 0; i <= context.data.n % 7; i++) dice.push(Math.random()); return { dice: dice }; }`,
  minted: `function result(context) { var got = []; for (var i = 0; i <= context.data.n % 5; i++) got.push(mint('token'), mint('uuid')); return { got: got }; }`,
  asking: `function result(context) { return { a: ask('http', 'first ' + context.data.n), b: ask('http', 'second ' + Math.random()) }; }`,
  chain: `function result(context) {
    var got = '' + context.data.n;
    for (var i = 0; i < 4 + context.data.n % 12; i++) { got = ask('http', got + ' ' + i); effect('step', got); }
    logger.info('end ' + got);
    return { got: got, dice: Math.random() };
  }`,
  catching: `function result(context) {
    var lost = 0, got = null;
    try { got = ask('http', 'x' + context.data.n); } catch (e) { lost++; got = e.code || e.message; }
    try { got += ask('fails', 'y'); } catch (e) { got += e.code; }
    effect('lost', '' + lost);
    return { got: got, lost: lost };
  }`,
  effects: `function result(context) { for (var i = 0; i < context.data.n % 9; i++) effect('kind ' + i, mint('token') + Math.random()); return { n: context.data.n }; }`,
  logs: `function result(context) { logger.info('a\\u0001b ' + Math.random()); logger.warn('\\ud800' + Date.now()); logger.info(ask('http', 'l')); return {}; }`,
  refusal: `function result(context) { logger.info('before'); effect('dropped', 'x'); refuse('no ' + ask('http', 'why ' + context.data.n) + Math.random()); }`,
  fault: `function deep(n) {\n  if (n === 0) return null.x;\n  return deep(n - 1);\n}\nfunction result(context) {\n  ask('http', 'f');\n  return deep(context.data.n % 6);\n}`,
  thrown: `function result(context) {\n  logger.warn('about to ' + mint('uuid'));\n  throw { message: 'a dice of ' + Math.random() + ' at ' + Date.now() };\n}`,
  invalid: `function result(context) { var kept = ask('http', 'i'); return { get x() { throw new Error(kept + Math.random()); } }; }`,
};

interface Recorded {
  readonly kind: string;
  readonly n: number;
  readonly asked: readonly HostCall[];
  readonly answers: readonly HostAnswer[];
  readonly outcome: string;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What a service elsewhere might answer. It says something else each time it is asked, so a second question would show. */
let questions = 0;
function answerTo({ kind, args }: HostCall): HostAnswer {
  return kind === 'fails' ? { error: { code: 'denied', message: `no ${++questions}` } } : { ok: `${args}:${++questions}` };
}

interface Manner {
  /** Milliseconds until a host call is answered; null for at once. */
  readonly delay: () => number | null;
  readonly answer: (call: HostCall, index: number) => HostAnswer;
}

/** Runs one kind, and keeps what it asked and how it ended. */
async function record(box: TestSandbox, key: string, kind: string, n: number, { delay, answer }: Manner): Promise<Recorded> {
  const asked: HostCall[] = [];
  const answers: HostAnswer[] = [];
  const outcome: Outcome = await box.run(
    key,
    { n },
    {
      ...{ now: 1_700_000_000_000 + n * 977, seed: n * 7919, deadline: Date.now() + 100_000 },
      minted: { token: [`T${n}a`, `T${n}b`], uuid: [`U${n}`] },
      answer: (call) => {
        const given = answer(call, asked.push(call) - 1);
        answers.push(given);
        const wait = delay();
        return wait === null ? given : pause(wait).then(() => given);
      },
    },
  );
  return { kind, n, asked, answers, outcome: withoutName(outcome) };
}

/** Programs are known by other names in other sandboxes. */
function withoutName(outcome: Outcome): string {
  return JSON.stringify(outcome.kind === 'fault' ? { ...outcome, fault: { ...outcome.fault, procedure: '' } } : outcome);
}

const OPTIONS = { limits: { wallMilliseconds: 100_000, cpuMilliseconds: 200 } };

function loadAll(box: TestSandbox): Map<string, string> {
  return new Map(Object.entries(KINDS).map(([kind, source]) => [kind, box.load(source)]));
}

function everyKind(times: number): (readonly [kind: string, n: number])[] {
  return Object.keys(KINDS).flatMap((kind) => Array.from({ length: times }, (_, n) => [kind, n] as const));
}

async function replay(box: TestSandbox, keys: ReadonlyMap<string, string>, recorded: Recorded, delay: Manner['delay']): Promise<string[]> {
  const problems: string[] = [];
  const { kind, n } = recorded;
  const again = await record(box, keys.get(kind) as string, kind, n, {
    delay,
    answer: (call, index) => {
      const known = recorded.answers[index];
      if (known === undefined) problems.push(`${kind} ${n} asked for ${call.kind} ${call.args} as well`);
      return known ?? { error: { code: 'unknown', message: 'not in the recording' } };
    },
  });
  if (JSON.stringify(again.asked) !== JSON.stringify(recorded.asked)) problems.push(`${kind} ${n} asked ${JSON.stringify(again.asked)}`);
  if (again.outcome !== recorded.outcome) problems.push(`${kind} ${n}: ${again.outcome} instead of ${recorded.outcome}`);
  return problems;
}

describe('a run is a pure function of what the host sends (SANDBOX 2.3)', () => {
  test('312 recorded runs of every kind end the same, to the letter, in fresh processes', async () => {
    const first = await TestSandbox.open(OPTIONS);
    const keys = loadAll(first);
    // Answered late and early, in any order.
    const recorded = await Promise.all(
      everyKind(26).map(([kind, n]) =>
        record(first, keys.get(kind) as string, kind, n, { delay: () => (n % 2 === 0 ? null : Math.random() * 20), answer: answerTo }),
      ),
    );
    await first.close();
    expect(new Set(recorded.map(({ outcome }) => (JSON.parse(outcome) as Outcome).kind))).toEqual(
      new Set(['returned', 'rejected', 'fault']),
    );
    expect(recorded.filter(({ outcome }) => /"(?:timeout|memory|unavailable|nondeterministic)"/u.test(outcome))).toEqual([]);
    expect(Math.max(...recorded.map(({ asked }) => asked.length))).toBe(15);

    const second = await TestSandbox.open(OPTIONS);
    const others = loadAll(second);
    // What came early comes late now, and the other way round.
    const problems = await Promise.all(
      recorded.map((one) => replay(second, others, one, () => (one.n % 2 === 0 ? Math.random() * 20 : null))),
    );
    await second.close();
    expect(problems.flat()).toEqual([]);
  }, 60_000);
});

describe('a process that is killed while the host is waited for (SANDBOX 5.7)', () => {
  test('60 kills in more than 300 runs: no call answered twice, none lost, effects and outcomes as if nothing had been', async () => {
    const box = await TestSandbox.open(OPTIONS);
    const keys = loadAll(box);
    const all = everyKind(30);
    const recorded: Recorded[] = [];
    let next = 0;
    let isDone = false;
    const client = async (): Promise<void> => {
      // On and on, until the last kill has been survived.
      while (!isDone || next < all.length) {
        const [kind, n] = all[next++ % all.length] as (typeof all)[number];
        recorded.push(await record(box, keys.get(kind) as string, kind, n, { delay: () => Math.random() * 15, answer: answerTo }));
      }
    };
    const clients = Array.from({ length: 10 }, client);
    for (let kills = 0; kills < 60;) {
      await pause(Math.random() * 60);
      const pid = box.sandbox.status().processes.find(({ role }) => role === 'main')?.pid;
      if (pid === undefined || pid === 0) continue;
      try {
        process.kill(pid, 'SIGKILL');
        kills++;
      } catch {
        // Gone already.
      }
    }
    isDone = true;
    await Promise.all(clients);
    expect(box.sandbox.status().quarantined).toEqual([]);
    await box.close();
    expect(recorded.length).toBeGreaterThan(300);

    // The same answers in calm give the same effects, log and response, and the same questions: each was asked once.
    const calm = await TestSandbox.open(OPTIONS);
    const others = loadAll(calm);
    const problems: string[] = [];
    for (let at = 0; at < recorded.length; at += 200)
      problems.push(...(await Promise.all(recorded.slice(at, at + 200).map((one) => replay(calm, others, one, () => null)))).flat());
    await calm.close();
    expect(problems).toEqual([]);
  }, 120_000);
});
