import { describe, expect, test } from '@jest/globals';
import type { FoundToken, TokenKey } from '../stores.ts';
import { aKey } from '../testing/store-builders.ts';
import { UnknownTokens, type UnknownTokenLimits } from './unknown-tokens.ts';

const LIMITS: UnknownTokenLimits = {
  ...{ firstDelayMilliseconds: 100, longestDelayMilliseconds: 1500, forgetAfterMilliseconds: 3_600_000 },
  ...{ places: 2, addresses: 10, tokens: 10 },
};
const FOUND = { data: '{}' } as FoundToken;

/** Look-ups whose delays end when the spec says so. */
class World {
  readonly delays: number[] = [];
  lookUps = 0;
  readonly #release: (() => void)[] = [];
  readonly tokens: UnknownTokens;

  constructor(limits: Partial<UnknownTokenLimits> = {}) {
    this.tokens = new UnknownTokens({ ...LIMITS, ...limits }, (milliseconds) => {
      this.delays.push(milliseconds);
      return new Promise<void>((resolve) => this.#release.push(resolve));
    });
  }

  find(found: FoundToken | null, address = '192.0.2.1', key: TokenKey = aKey()): Promise<FoundToken | null> {
    return this.tokens.find(key, address, () => {
      this.lookUps++;
      return found;
    });
  }

  /** Look-ups that have been asked for are done, and answers that are due are given. */
  async settle(): Promise<void> {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }

  release(): void {
    for (const release of this.#release.splice(0)) release();
  }
}

const TOO_MANY = { code: 'temporarily_unavailable', status: 503, retryAfter: 2 };

describe('tokens that nobody knows, where anybody may ask', () => {
  test('are answered after a delay that doubles up to a limit, each address by itself', async () => {
    const world = new World({ places: 100 });
    const answers = Array.from({ length: 6 }, () => world.find(null));
    await world.settle();
    answers.push(world.find(null, '192.0.2.2'));
    await world.settle();
    expect(world.delays).toEqual([100, 200, 400, 800, 1500, 1500, 100]);
    world.release();
    expect(await Promise.all(answers)).toEqual(answers.map(() => null));
  });

  test('are not looked up any more while too many of the address are held back', async () => {
    const world = new World();
    const held = [world.find(null), world.find(null)];
    await world.settle();
    await expect(world.find(null)).rejects.toMatchObject(TOO_MANY);
    await expect(world.find(FOUND)).rejects.toMatchObject(TOO_MANY);
    expect(world.lookUps).toBe(2);
    world.release();
    await Promise.all(held);
    expect(await world.find(FOUND)).toBe(FOUND);
  });

  test('do not keep tokens from being found that were found before, nor those of other addresses', async () => {
    const world = new World();
    const key = aKey();
    expect(await world.find(FOUND, '192.0.2.1', key)).toBe(FOUND);
    const held = [world.find(null), world.find(null)];
    await world.settle();
    expect(await world.find(FOUND, '192.0.2.1', key)).toBe(FOUND);
    expect(await world.find(FOUND, '192.0.2.2')).toBe(FOUND);
    world.release();
    await Promise.all(held);
  });

  test('of one IPv6 network are those of one sender (RFC 4291 section 2.5.4)', async () => {
    const world = new World();
    const held = [world.find(null, '2001:db8:0:1::1'), world.find(null, '2001:db8:0:1::2')];
    await world.settle();
    await expect(world.find(null, '2001:db8:0:1:ffff::3')).rejects.toMatchObject(TOO_MANY);
    expect(await world.find(FOUND, '2001:db8:0:2::1')).toBe(FOUND);
    world.release();
    await Promise.all(held);
  });

  test('are forgotten after a while', async () => {
    const world = new World({ forgetAfterMilliseconds: 0 });
    const held = [world.find(null), world.find(null), world.find(null)];
    await world.settle();
    expect(world.delays).toEqual([100, 100, 100]);
    world.release();
    await Promise.all(held);
  });
});

test('tokens that are found are never held back, however many are under way', async () => {
  const world = new World();
  const answers = await Promise.all(Array.from({ length: 50 }, () => world.find(FOUND)));
  expect([answers.every((answer) => answer === FOUND), world.delays]).toEqual([true, []]);
});

test('a look-up that fails gives its place back', async () => {
  const world = new World();
  const failing = () => Promise.reject(new Error('no database'));
  for (let i = 0; i < 3; i++) await expect(world.tokens.find(aKey(), '192.0.2.1', failing)).rejects.toThrow('no database');
  const held = [world.find(null), world.find(null)];
  await world.settle();
  expect(world.lookUps).toBe(2);
  world.release();
  await Promise.all(held);
});
