import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { readSampleFile } from './sample-file.ts';
import type { EndedFile } from './test-file-run.ts';
import { findTestFiles } from './test-files.ts';
import { runTests } from './test-run.ts';
import { Workshop } from './testing/workshop.ts';

// The sandbox and the compiler are real, and the machine may have other work.
jest.setTimeout(60_000);

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
}, 60_000);
afterAll(() => workshop.close());

const SHOW = `function result(context) {
  logger.info('for {}', context.presentedToken.data.sub);
  return { active: true, plan: context.client.properties.plan ?? 'none', sub: context.presentedToken.data.sub, key: secrets.get('key').length };
}`;
const GOLD = { user: 'alice', client: { properties: { plan: 'gold' } } };

let count = 0;
async function ran(written: unknown, options: { grep?: string } = {}): Promise<EndedFile> {
  const name = `oauth-introspect/shown-${++count}`;
  workshop.write(`${name}.js`, SHOW);
  workshop.write(`${name}.samples.json`, typeof written === 'string' ? written : JSON.stringify(written));
  const { files } = await runTests([join(workshop.folder, `${name}.samples.json`)], workshop.runner, options);
  return files[0]!;
}

test('each sample of a file is a test of the procedure beside it, with what the file says of secrets', async () => {
  const samples = {
    'a gold client': { sample: GOLD, expect: { status: 200, response: { plan: 'gold', key: 6 }, log: ['alice'] } },
    'any client': { description: 'with none', sample: { user: 'bob' }, expect: { response: { plan: 'none', sub: { $any: 'string' } } } },
  };
  const { tests, broken, procedures } = await ran({ secrets: { key: 'secret' }, samples });
  expect([broken, tests.map(({ path, state }) => [path, state])]).toEqual([
    null,
    [
      [['a gold client'], 'passed'],
      [['any client'], 'passed'],
    ],
  ]);
  expect([...procedures]).toEqual([expect.stringMatching(/shown-1\.js$/)]);
});

test('what does not hold is told in sentences, and as texts to be compared', async () => {
  const samples = { 'a silver client': { sample: GOLD, expect: { response: { plan: 'silver' }, log: ['for bob'] } } };
  const { tests } = await ran({ secrets: { key: 'secret' }, samples });
  expect(tests).toMatchObject([
    {
      state: 'failed',
      failure: {
        message: expect.stringMatching(/the response is .*'gold'.*, not .*'silver'[^]*no line of the log has 'for bob'/),
        expected: expect.stringContaining("'silver'"),
        actual: expect.stringContaining("'gold'"),
      },
    },
  ]);
});

test('a sample or an expectation that makes no sense fails alone, and says why', async () => {
  const samples = { one: { sample: { usr: 1 } }, two: { sample: GOLD, expect: { stats: 200 } }, three: { sample: GOLD } };
  const { tests } = await ran({ secrets: { key: 'secret' }, samples });
  expect(tests.map(({ state, failure }) => [state, failure?.message ?? ''])).toEqual([
    ['failed', expect.stringContaining('usr')],
    ['failed', expect.stringContaining('stats')],
    ['passed', ''],
  ]);
});

test('those whose names are asked for run', async () => {
  const { tests, left } = await ran({ secrets: { key: 's' }, samples: { one: { sample: GOLD }, two: { sample: GOLD } } }, { grep: '^tw' });
  expect([tests.map(({ path }) => path), left]).toEqual([[['two']], 1]);
});

test('a file that is none fails as a whole', async () => {
  expect((await ran('{')).broken?.message).toMatch(/the file does not fit/);
  expect((await ran({ sample: {} })).broken?.message).toMatch(/samples: /);
  expect(() => readSampleFile('{ "samples": { "": {} } }')).toThrow(/the file does not fit/);
});

test('sample files are found beside tests', () => {
  expect(findTestFiles(workshop.folder).filter((file) => file.endsWith('.samples.json')).length).toBe(count);
});
