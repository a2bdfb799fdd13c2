import { expect, test } from '@jest/globals';
import { ClientLabels } from './client-labels.ts';

test('clients that the profile has are named, up to a bound, and ids of no client are not', () => {
  const labels = new ClientLabels(2);
  expect(labels.of('main', null)).toBe('');
  expect(labels.of('main', 'a')).toBe('a');
  expect(labels.of('second', 'a')).toBe('a');
  expect(labels.of('main', 'b')).toBe('(others)');
  expect(labels.of('main', 'dyn_AAAAAAAAAAAAAAAAAAAAAA')).toBe('(dynamic)');
  expect(labels.of('main', 'a')).toBe('a');
});
