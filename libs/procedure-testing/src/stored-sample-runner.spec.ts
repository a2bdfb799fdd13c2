import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { preludeSource, type Sandbox } from '#libs/oauth';
import { openSandbox } from '#libs/sandbox';
import { StoredSampleRunner } from './stored-sample-runner.ts';

// The sandbox is real, and the machine may have other work.
jest.setTimeout(60_000);

let sandbox: Sandbox;
let runner: StoredSampleRunner;
beforeAll(async () => {
  sandbox = await openSandbox({ prelude: preludeSource(), isolation: 'off' });
  runner = new StoredSampleRunner(sandbox, null);
}, 60_000);
afterAll(() => sandbox.close());

const SHOW = `function result(context) {

  logger.info('for {}', context.presentedToken.data.sub);
  return { active: true, plan: context.client.properties.plan, sub: context.presentedToken.data.sub, key: typeof secrets.get('api-key') };
}`;
const SAMPLE = { user: 'alice', client: { properties: { plan: 'gold' } }, time: 1_790_000_000 };

const run = (wish: object, script = SHOW, sample: Record<string, unknown> = SAMPLE) =>
  runner.run(
    { procedure: 'mine', flow: 'oauth-introspect', script, libraries: [], secrets: ['api-key'] },
    { name: 'one', description: '', sample, expect: { ...wish } },
  );

test('a sample passes when all that is expected holds, and a secret is a label', async () => {
  const wish = {
    status: 200,
    response: { plan: 'gold', sub: { $any: 'string' }, key: { $contains: 'str' }, none: { $absent: true } },
    log: ['alice'],
  };
  expect(await run(wish)).toMatchObject({ name: 'one', state: 'passed', problems: [] });
});

test('a sample that fails says everything that does not hold', async () => {
  const { state, problems } = await run({ status: 201, response: { plan: 'silver' }, log: ['bob'] });
  expect([state, problems.length]).toEqual(['failed', 3]);
  expect(problems.join('\n')).toMatch(/201[^]*silver[^]*bob/);
});

test('what does not hold is told as two texts to be compared, and the run is there to be looked at', async () => {
  const program = { procedure: 'mine', flow: 'oauth-introspect', script: SHOW, libraries: [], secrets: ['api-key'] } as const;
  const wish = { response: { plan: 'silver', sub: 'alice' } };
  const { test: tested, unmet, report } = await runner.tried(program, { name: 'one', description: '', sample: SAMPLE, expect: wish });
  expect(tested.state).toBe('failed');
  expect(unmet).toMatchObject([
    {
      what: 'the response',
      expected: '{\n  "plan": \'silver\',\n  "sub": \'alice\',\n}',
      actual: '{\n  "plan": \'gold\',\n  "sub": \'alice\',\n}',
    },
  ]);
  expect(report).toMatchObject({ outcome: 'answered', log: [{ level: 'info', message: 'for alice' }] });
});

test('a procedure that fails is told with its line, and is what is expected where that is said', async () => {
  const broken = 'function result(context) {\n  return context.no.member;\n}';
  expect((await run({}, broken)).problems).toEqual([expect.stringMatching(/outcome is fault: .*\(line 2\), not answered/)]);
  expect(await run({ fault: 'undefined' }, broken)).toMatchObject({ state: 'passed' });
});

test('a sample or an expectation that makes no sense is not run, and says why', async () => {
  expect(await run({ stats: 200 })).toMatchObject({ state: 'not-run' });
  expect(await run({}, SHOW, { usr: 'alice' })).toMatchObject({ state: 'not-run', problems: [expect.stringContaining('usr')] });
});
