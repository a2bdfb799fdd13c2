import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Allowance } from './allowance.ts';

let now: number;
beforeEach(() => {
  now = 1000;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  jest.restoreAllMocks();
});

const uses = (allowance: Allowance, count: number, name = 'a') => Array.from({ length: count }, () => allowance.use(name, 3));

test('a name may do so much at once, and is then above its allowance by one more each time', () => {
  const allowance = new Allowance(10);
  expect(uses(allowance, 6)).toEqual([0, 0, 0, 1, 2, 3]);
  expect(allowance.use('b', 3)).toBe(0);
});

test('what was done drains away evenly, and what is done now and then never adds up', () => {
  const allowance = new Allowance(10);
  uses(allowance, 3);
  now += 20_000;
  expect(uses(allowance, 2)).toEqual([0, 1]);
  for (let i = 0; i < 100; i++) {
    now += 60_000;
    expect(allowance.use('a', 3)).toBe(0);
  }
});

test('whoever did ever so much is within its allowance again after a while that does not grow', () => {
  const allowance = new Allowance(10);
  uses(allowance, 100_000);
  now += 12 * 60_000;
  expect(allowance.use('a', 3)).toBe(0);
});

test('what was done longest ago is forgotten where names are too many', () => {
  const allowance = new Allowance(1);
  uses(allowance, 4);
  allowance.use('b', 3);
  expect(allowance.use('a', 3)).toBe(0);
});
