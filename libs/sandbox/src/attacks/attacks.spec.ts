import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HOST_CALLS, preludeSource, type HostCall, type Outcome, type Program, type Sandbox } from '#libs/oauth';
import { introspectionContext } from '../../../oauth/src/testing/context-builder.ts';
import { openSandbox } from '../open-sandbox.ts';
import { endOf } from '../testing/test-sandbox.ts';
import type { Attack } from './attack.ts';
import { HostileHost, SECRET } from './hostile-host.ts';
import { FAMILIES } from './index.ts';
import { Innocents, MARK } from './innocents.ts';
import { familySource, singleSource } from './probe.ts';

let sandbox: Sandbox;
let innocents: Innocents;
const asked: HostCall[] = [];
const outcomes: Outcome[] = [];
const host = new HostileHost();

beforeAll(async () => {
  // As in production: the real prelude, the limits of a node that sets none, all the walls that there are. Only the deadline of a
  // request is later, so that no verdict hangs on how busy the machine is.
  sandbox = await openSandbox({ prelude: preludeSource(), limits: { wallMilliseconds: 30_000 } });
  innocents = new Innocents(sandbox);
  innocents.start(3);
});

afterAll(() => sandbox.close());

let count = 0;

function program(name: string, source: string, libraries: Readonly<Record<string, string>> = {}): Program {
  return {
    ...{ key: `${name}-${++count}@1`, procedure: name.replace(/\W+/g, '-').slice(0, 60), version: 1, flow: 'oauth-introspect', source },
    libraries: Object.entries(libraries).map(([library, text]) => ({ name: library, version: 1, source: text })),
  };
}

/** The context knows everything, and says by the token's text which attack is meant. */
async function run({ key }: Program, value: string): Promise<Outcome> {
  const context = introspectionContext();
  const { presentedToken } = context;
  const outcome = await sandbox.run({
    program: key,
    context: JSON.stringify({ ...context, presentedToken: { ...presentedToken, value } }),
    ...{ now: 1_700_000_000_000, seed: 42, minted: {}, likely: [], deadline: Date.now() + 30_000 },
    answer: (call) => {
      asked.push(call);
      return host.answer(call);
    },
  });
  outcomes.push(outcome);
  return outcome;
}

/** How it ended, with what it says it found. */
function ending(outcome: Outcome): string {
  if (outcome.kind !== 'returned') return endOf(outcome);
  const { found } = JSON.parse(outcome.response) as { found?: unknown };
  return JSON.stringify(found) === '[]' ? 'nothing' : `found ${JSON.stringify(found)}`;
}

function expectEnd(outcome: Outcome, { ends }: Attack): void {
  const end = ending(outcome);
  const detail = outcome.kind === 'fault' ? outcome.fault.message : '';
  expect(ends.includes(end as never) ? 'one of the allowed ends' : `${end}: ${detail}`).toBe('one of the allowed ends');
}

describe.each(FAMILIES)('$name', ({ name, libraries, attacks = [], refused = [], killing = [] }) => {
  const family = program(name, familySource(attacks), libraries);
  let census = '';

  if (attacks.length > 0)
    beforeAll(async () => {
      const checked = await sandbox.check(family);
      expect(checked.ok ? [] : checked.errors).toEqual([]);
      sandbox.load(family);
      census = JSON.stringify(await run(family, 'census'));
      expect(census).toMatch(/\\"open\\":\[\]/u);
    });

  for (const [index, attack] of attacks.entries())
    test(`${attack.name}: finds nothing and leaves nothing behind`, async () => {
      // The second time it would find what the first has left.
      for (let time = 0; time < 2; time++) expectEnd(await run(family, String(index)), attack);
      expect(JSON.stringify(await run(family, 'census'))).toBe(census);
    }, 40_000);

  for (const { name: what, source, code } of refused)
    test(`${what}: is refused at upload, and does not run`, async () => {
      const own = program(what, source, libraries);
      const outcome = await sandbox.check(own);
      expect(outcome.ok ? 'it passed' : outcome.errors.map((error) => error.code)).toContain(code);
      // What only its top level does is not looked at again when it is loaded: the run itself then fails.
      if (code === 'top-level') return;
      sandbox.load(own);
      expect(endOf(await run(own, ''))).toBe('syntax');
      sandbox.unload(own.key);
    }, 40_000);

  for (const attack of killing)
    test(`${attack.name}: harms only itself`, async () => {
      const own = program(attack.name, singleSource(attack), libraries);
      sandbox.load(own);
      const before = innocents.answered;
      expectEnd(await run(own, ''), attack);
      sandbox.unload(own.key);
      // Others go on being answered.
      while (innocents.answered === before && innocents.problems.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }, 40_000);
});

/** Three names and an object, each in a line of its own, whatever an attack has put into them. */
function isBucketEntry(kind: string, payload: string): boolean {
  const [names = '', attributes = '', ...more] = payload.split('\n');
  const isEntry = /^\["visits","(?:[^"\\]|\\.)+","(?:[^"\\]|\\.)+"\]$/u.test(names) && more.length === 0;
  return kind === 'bucket-store' && isEntry && attributes.startsWith('{') && typeof JSON.parse(attributes) === 'object';
}

describe('after all of it', () => {
  test('innocent runs were all answered, and rightly', async () => {
    await innocents.stop();
    expect(innocents.problems).toEqual([]);
    expect(innocents.answered).toBeGreaterThan(100);
    expect(innocents.waited).toBeGreaterThan(50);
  });

  test('the service takes, checks and runs new programs', async () => {
    const fresh = program('fresh', 'function result(context) { return { active: context.presentedToken.active }; }');
    expect(await sandbox.check(fresh)).toMatchObject({ ok: true });
    sandbox.load(fresh);
    expect(await run(fresh, '')).toMatchObject({ kind: 'returned', response: '{"active":true}' });
    const { ready, quarantined, inFlight } = sandbox.status();
    expect({ ready, inFlight, quarantined: quarantined.filter((one) => one.program.startsWith('innocent')) }).toEqual({
      ready: true,
      inFlight: 0,
      quarantined: [],
    });
  });

  test('nothing of other runs, of the machine or of the sandbox’s own code showed in any outcome', () => {
    const all = JSON.stringify(outcomes);
    expect(all).not.toContain(MARK);
    expect(all).not.toContain(SECRET);
    expect(all).not.toMatch(/node:internal|file:\/\/|realm\.js|prelude\.js|isolated_vm|node_modules/u);
  });

  test('no log line and no effect was forged', () => {
    const effects = outcomes.flatMap((outcome) => (outcome.kind === 'returned' ? outcome.effects : []));
    expect(
      effects.filter(({ kind, payload }) => !['header', 'token', 'delegation'].includes(kind) && !isBucketEntry(kind, payload)),
    ).toEqual([]);
    expect(effects.filter(({ payload }) => payload.includes('forged'))).toEqual([]);
    expect(outcomes.flatMap(({ log }) => log).filter(({ message }) => message.startsWith('forged'))).toEqual([]);
  });

  test('the host was asked for nothing but what the contract has', () => {
    expect([...new Set(asked.map(({ kind }) => kind))].filter((kind) => !(HOST_CALLS as readonly string[]).includes(kind))).toEqual([]);
  });

  test('the corpus has at least 600 attacks', () => {
    const sizes = FAMILIES.map(({ attacks = [], refused = [], killing = [] }) => attacks.length + refused.length + killing.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(600);
  });
});
