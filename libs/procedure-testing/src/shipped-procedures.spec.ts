import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { failureText } from './reporters/failure-text.ts';
import { findTestFiles } from './test-files.ts';
import { runTests } from './test-run.ts';
import { Workshop } from './testing/workshop.ts';

const SHIPPED = join(import.meta.dirname, '../../../procedures');

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
}, 60_000);
afterAll(() => workshop.close());

test('every shipped procedure has tests beside it', () => {
  const procedures = readdirSync(SHIPPED, { recursive: true, withFileTypes: true })
    .filter(
      ({ name, parentPath }) => /^[^.]+\.(js|ts)$/.test(name) && !parentPath.includes('types') && !parentPath.includes('node_modules'),
    )
    .map(({ name, parentPath }) => join(parentPath, name));
  expect(procedures.length).toBeGreaterThanOrEqual(9);
  expect(procedures.filter((path) => !existsSync(path.replace(/\.(js|ts)$/, '.test.$1')))).toEqual([]);
});

test('the shipped procedures pass their own tests', async () => {
  const summary = await runTests(findTestFiles(SHIPPED), workshop.runner);
  const failures = summary.files.flatMap(({ tests, broken, file }) => [
    ...tests.flatMap(({ path, failure, runs }) => (failure === null ? [] : [`${path.join(' > ')}\n${failureText(failure, runs)}`])),
    ...(broken === null ? [] : [`${file}\n${broken.message}`]),
  ]);
  expect(failures).toEqual([]);
  expect(summary.passed).toBeGreaterThanOrEqual(30);
  expect(summary.skipped).toBe(0);
}, 120_000);
