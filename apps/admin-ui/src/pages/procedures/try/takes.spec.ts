import { expect, test } from '@jest/globals';
import { FLOWS } from '#libs/oauth';
import { TAKES } from './takes.ts';

test('the panel knows what each flow takes', () => {
  expect(Object.keys(TAKES).toSorted()).toEqual(FLOWS.map(({ id }) => id).toSorted());
});

test('flows in which a client acts for itself take no person, and registration takes no client either', () => {
  const without = Object.entries(TAKES).filter(([, { person }]) => !person);
  expect(without.map(([id]) => id).toSorted()).toEqual([
    'oauth-device-authorization',
    'oauth-dynamic-client-registration-post-processing',
    'oauth-dynamic-client-registration-pre-processing',
    'oauth-token-client-credentials',
  ]);
});
