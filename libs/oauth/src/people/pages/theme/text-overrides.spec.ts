import { describe, expect, test } from '@jest/globals';
import { en } from '../texts/en.ts';
import { missingTexts, TEXT_KEYS, textProblem, withTexts } from './text-overrides.ts';

describe('texts of a theme', () => {
  test('stand in place of our own, and the others stay', () => {
    const texts = withTexts(en, {
      'signIn.title': 'Log in',
      'signIn.forClient': 'for {client}, {client}!',
      'device.approved.title': 'Done',
    });
    expect([texts.signIn.title, texts.signIn.forClient('A $& {client} B'), texts.device.approved.title]).toEqual([
      'Log in',
      'for A $& {client} B, A $& {client} B!',
      'Done',
    ]);
    expect(texts.device.approved.text('A')).toBe(en.device.approved.text('A'));
    expect(en.signIn.title).toBe('Sign in');
  });

  test('keep what they name: the client that asks, the host that people go on to', () => {
    expect(textProblem('consent.title', 'Allow this?')).toBe('must keep {client}: people have to see it');
    expect(textProblem('consent.returnsTo', 'On to {client}')).toBe('has {client}, which this text does not know; it has {host}');
    expect(textProblem('signIn.title', 'Sign in to {client}')).toBe('has {client}, which this text does not know; it has no placeholders');
    expect(textProblem('consent.title', 'Darf {client} das?')).toBeNull();
    expect(textProblem('approval.over.text', 'It is over.')).toBeNull();
  });

  test('have a key for everything that the pages say', () => {
    expect(missingTexts({})).toEqual([...TEXT_KEYS.keys()]);
    expect(missingTexts(Object.fromEntries([...TEXT_KEYS.keys()].map((key) => [key, 'x'])))).toEqual([]);
    expect([...TEXT_KEYS.keys()]).toEqual(
      expect.arrayContaining(['signIn.title', 'consent.claims.email', 'failed.busy', 'footer.privacy']),
    );
  });
});
