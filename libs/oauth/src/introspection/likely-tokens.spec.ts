import { describe, expect, test } from '@jest/globals';
import type { Program } from '../procedures/sandbox.ts';
import { LikelyTokens } from './likely-tokens.ts';

const program = (key: string): Program => ({ key, procedure: key, version: 1, flow: 'oauth-introspect', source: '' });
const ONE = program('one@1');
const TWO = program('two@1');
/** The presented data as it is. */
const UNCHANGED = { args: null, jwt: 'jwt of the data', exp: 1 };
const issued = (text: string) => ({ args: `jwt\nd\n${text}`, jwt: `jwt of ${text}`, exp: 1 });

describe('what a program asked for before', () => {
  test('is known for the same program and token only', () => {
    const likely = new LikelyTokens();
    likely.learn(ONE, 'token', issued('a'));
    expect(likely.known(ONE, 'token')).toEqual(issued('a'));
    expect(likely.known(TWO, 'token')).toBeUndefined();
    expect(likely.known(ONE, 'other token')).toBeUndefined();
    expect(likely.known(program('one@1\ntoken'), '')).toBeUndefined();
  });

  test('is what it asked for last', () => {
    const likely = new LikelyTokens();
    likely.learn(ONE, 'token', issued('a'));
    likely.learn(ONE, 'token', issued('b'));
    expect(likely.known(ONE, 'token')).toEqual(issued('b'));
  });

  test('is bounded: what is not asked for during a generation goes, what is in use stays', () => {
    const likely = new LikelyTokens();
    likely.learn(ONE, 'in use', issued('kept'));
    likely.learn(ONE, 'forgotten', issued('gone'));
    for (let i = 0; i < 40; i++) {
      likely.learn(ONE, `filling ${i}`, issued('x'.repeat(500_000)));
      expect(likely.known(ONE, 'in use')).toEqual(issued('kept'));
    }
    expect(likely.known(ONE, 'forgotten')).toBeUndefined();
    expect(likely.known(ONE, 'filling 0')).toBeUndefined();
    expect(likely.known(ONE, 'filling 39')).toBeDefined();
  });
});

describe('whether a program passes the presented data on', () => {
  test('is learned from what it last did, for each program', () => {
    const likely = new LikelyTokens();
    expect(likely.passesDataOn(ONE)).toBe(false);
    likely.learn(ONE, 'token', UNCHANGED);
    expect(likely.passesDataOn(ONE)).toBe(true);
    expect(likely.passesDataOn(TWO)).toBe(false);
    likely.learn(ONE, 'token 2', issued('b'));
    expect(likely.passesDataOn(ONE)).toBe(false);
  });

  test('is unlearned when what was signed ahead was not wanted', () => {
    const likely = new LikelyTokens();
    likely.learn(ONE, 'token', UNCHANGED);
    likely.unlearn(ONE);
    expect(likely.passesDataOn(ONE)).toBe(false);
    expect(likely.known(ONE, 'token')).toEqual(UNCHANGED);
  });
});
