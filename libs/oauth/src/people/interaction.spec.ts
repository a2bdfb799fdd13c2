import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { INTERACTION_LIFETIME, Interactions, type Interaction } from './interaction.ts';

const key = randomBytes(32);
let now = 1_790_000_000;
const interactions = new Interactions(key, () => now);

const interaction: Interaction = {
  ...{ profile: 'main', path: '/authorize', clientId: 'app', parameters: { state: 'ü' }, scopes: ['read'], claims: [] },
  ...{ at: now, loginSince: null, consent: null },
};

describe('a request while its person is asked', () => {
  test('comes back as it was, for its profile and for half an hour', () => {
    const sealed = interactions.seal(interaction);
    expect(sealed).toMatch(/^[\w-]+$/);
    expect(interactions.open(sealed, 'main')).toEqual(interaction);
    expect(interactions.open(sealed, 'other')).toBeNull();
    now += INTERACTION_LIFETIME;
    expect(interactions.open(sealed, 'main')).toBeNull();
    now -= INTERACTION_LIFETIME;
  });

  test('a change anywhere, a shorter one and one of another key are none', () => {
    const bytes = Buffer.from(interactions.seal(interaction), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(interactions.open(changed.toString('base64url'), 'main')).toBeNull();
    }
    for (const length of [0, 1, 12, 27, 28, bytes.length - 1])
      expect(interactions.open(bytes.subarray(0, length).toString('base64url'), 'main')).toBeNull();
    const others = new Interactions(randomBytes(32), () => now);
    expect(others.open(bytes.toString('base64url'), 'main')).toBeNull();
  });
});
