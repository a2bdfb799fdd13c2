import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLOWS } from '#libs/oauth';
import { shippedSample, SHIPPED_SAMPLES } from './shipped-samples.ts';
import { MATCHERS } from './worker/matchers.ts';
import { Declarations } from './worker/suite.ts';

const TYPES = join(import.meta.dirname, '../../../procedures/types');
const testing = readFileSync(join(TYPES, 'testing/index.d.ts'), 'utf8');

/** The first group of each match. */
const all = (pattern: RegExp, text = testing) => [...text.matchAll(pattern)].map(([, found = '']) => found);

test('the types of the tests name every global that there is, and no other', () => {
  const globals = all(/^declare (?:const|function) (\w+)/gm);
  expect(new Set(globals)).toEqual(new Set([...Object.keys(new Declarations().functions), 'expect', 'run', 'sample']));
});

test('the types of the tests name every matcher that there is, and no other', () => {
  const [, body = ''] = /interface Expectations<Answer> \{([^]*?)\n\}/.exec(testing) ?? [];
  expect(new Set(all(/^ {2}(\w+)\(/gm, body))).toEqual(new Set(Object.keys(MATCHERS)));
});

test('the types of the tests name every sample that there is, and no other', () => {
  const [, body = ''] = /type SampleName =([^;]*);/.exec(testing) ?? [];
  expect(new Set(all(/'([^']+)'/g, body))).toEqual(new Set(SHIPPED_SAMPLES.map(({ name }) => name)));
});

test('every flow has a sample of its own', () => {
  expect(FLOWS.filter(({ id }) => Object.keys(shippedSample(null, id)).length === 0)).toEqual([]);
});

test('the package of the types names every file of types', () => {
  const files = readdirSync(TYPES).filter((name) => name.endsWith('.d.ts') && name !== 'index.d.ts');
  const named = all(/<reference path="\.\/([^"]+)"/g, readFileSync(join(TYPES, 'index.d.ts'), 'utf8'));
  expect(new Set(named)).toEqual(new Set(files));
});
