import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandLine } from './testing/command-line.ts';

let line: CommandLine;
beforeEach(async () => {
  line = await CommandLine.open();
});
afterEach(() => line.close());

const SAMPLES = 'procedures/phantom/samples';
const GOLD = { name: 'a gold client', description: '', sample: { user: 'alice' }, expect: { status: 200 } };
const OLD = { name: 'old', description: 'as it was', sample: {}, expect: {} };
const written = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

test('samples are pulled into a file, which keeps what it says of libraries and secrets', async () => {
  line.api.on(`GET ${SAMPLES}`, { body: { items: [GOLD, OLD], next: null } });
  const file = line.file('phantom.samples.json', '{ "libraries": ["../claims.js"], "secrets": { "key": "made up" }, "samples": {} }');
  const ended = await line.run(['procedure', 'sample', 'pull', 'phantom', file]);
  expect(ended).toEqual({ code: 0, out: `Wrote 2 samples to ${file}.\n`, err: '' });
  expect(written(file)).toEqual({
    libraries: ['../claims.js'],
    secrets: { key: 'made up' },
    samples: {
      'a gold client': { sample: { user: 'alice' }, expect: { status: 200 } },
      old: { description: 'as it was', sample: {}, expect: {} },
    },
  });
  const fresh = join(line.folder, 'fresh.samples.json');
  expect((await line.run(['procedure', 'sample', 'pull', 'phantom', fresh])).code).toBe(0);
  expect(written(fresh)).not.toHaveProperty('libraries');
});

test('samples of a file are pushed, without what is for tests alone; those it does not have are deleted when one says so', async () => {
  line.api
    .on(`GET ${SAMPLES}`, { body: { items: [GOLD, OLD], next: null } })
    .on(`PUT ${SAMPLES}/a%20gold%20client`, { body: GOLD })
    .on(`DELETE ${SAMPLES}/old`, { status: 204 });
  const file = line.file(
    'x.samples.json',
    JSON.stringify({ secrets: { key: 'made up' }, samples: { 'a gold client': { sample: { user: 'bob' } } } }),
  );
  expect(await line.run(['procedure', 'sample', 'push', 'phantom', file])).toMatchObject({ code: 0, out: 'Saved 1 sample of phantom.\n' });
  expect(line.sent().filter(([method]) => method !== 'GET')).toEqual([
    ['PUT', expect.stringContaining('a%20gold%20client'), { description: '', sample: { user: 'bob' }, expect: {} }],
  ]);
  const pruned = await line.run(['procedure', 'sample', 'push', 'phantom', file, '--prune']);
  expect(pruned).toMatchObject({ code: 0, out: 'Saved 1 sample of phantom. Deleted: old.\n' });
  expect(line.sent().at(-1)?.slice(0, 2)).toEqual(['DELETE', expect.stringContaining(`${SAMPLES}/old`)]);
});

test('a file that is none sends nothing, and one that is refused says which sample it was and which are saved', async () => {
  const senseless = line.file('x.samples.json', '{ "sample": {} }');
  expect(await line.run(['procedure', 'sample', 'push', 'phantom', senseless])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/x\.samples\.json: the file does not fit:[^]*samples/),
  });
  expect(line.sent()).toEqual([]);
  line.api
    .on(`GET ${SAMPLES}`, { body: { items: [], next: null } })
    .on(`PUT ${SAMPLES}/a`, { body: GOLD })
    .on(`PUT ${SAMPLES}/b`, {
      status: 422,
      body: { title: 'The body does not have the right shape', detail: 'The sample was not saved.' },
    });
  const file = line.file('y.samples.json', JSON.stringify({ samples: { a: { sample: {} }, b: { sample: { usr: 1 } } } }));
  const refused = await line.run(['procedure', 'sample', 'push', 'phantom', file]);
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(/sample "b" \(saved before it: a\)/);
});
