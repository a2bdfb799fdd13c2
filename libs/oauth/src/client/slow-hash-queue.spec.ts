import { describe, expect, test } from '@jest/globals';
import { OAuthError } from '../errors.ts';
import { SlowHashQueue } from './slow-hash-queue.ts';

/** Work that ends when told; keeps the order in which works began. */
class Works {
  readonly begun: string[] = [];
  readonly #finish = new Map<string, (good: boolean) => void>();
  most = 0;
  #running = 0;

  make(name: string): () => Promise<boolean> {
    return async () => {
      this.begun.push(name);
      this.most = Math.max(this.most, ++this.#running);
      const good = await new Promise<boolean>((resolve) => this.#finish.set(name, resolve));
      this.#running--;
      return good;
    };
  }

  async finish(name: string, good = true): Promise<void> {
    this.#finish.get(name)?.(good);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const LIMITS = { waiting: 6, waitingPerClient: 3, pauseAfterFailure: 0 };

describe('slow hashes (PROTOCOL 2: few at once, bounded, then 503)', () => {
  test('run one at a time, and each answers its own caller', async () => {
    const works = new Works();
    const queue = new SlowHashQueue(LIMITS);
    const answers = ['a', 'b', 'c'].map((name) => queue.verify(name, works.make(name)));
    expect(queue.depth).toBe(3);
    await works.finish('a', true);
    await works.finish('b', false);
    await works.finish('c', true);
    expect(await Promise.all(answers)).toEqual([true, false, true]);
    expect(works.most).toBe(1);
    expect(queue.depth).toBe(0);
  });

  test("clients take turns, so that one client's flood does not delay another's single attempt", async () => {
    const works = new Works();
    const queue = new SlowHashQueue(LIMITS);
    const flood = [1, 2, 3].map((i) => queue.verify('flood', works.make(`flood ${i}`)));
    const single = queue.verify('single', works.make('single'));
    for (const name of ['flood 1', 'flood 2', 'single', 'flood 3']) await works.finish(name, name !== 'flood 2');
    expect(await single).toBe(true);
    expect(await Promise.all(flood)).toEqual([true, false, true]);
    // The second of the flood was there before; the third must wait its turn.
    expect(works.begun).toEqual(['flood 1', 'flood 2', 'single', 'flood 3']);
  });

  test('too many of one client are 503 with Retry-After, while others still get in', async () => {
    const works = new Works();
    const queue = new SlowHashQueue(LIMITS);
    // The first runs at once; three wait.
    const accepted = [0, 1, 2, 3].map((i) => queue.verify('flood', works.make(`flood ${i}`)));
    const refused = await queue.verify('flood', works.make('never')).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OAuthError);
    expect(refused).toMatchObject({ code: 'temporarily_unavailable', status: 503, retryAfter: 1 });
    const other = queue.verify('other', works.make('other'));
    for (const name of ['flood 0', 'flood 1', 'other', 'flood 2', 'flood 3']) await works.finish(name);
    expect(await other).toBe(true);
    expect(await Promise.all(accepted)).toEqual([true, true, true, true]);
    expect(works.begun).not.toContain('never');
  });

  test('too many of all clients together are 503', async () => {
    const works = new Works();
    const queue = new SlowHashQueue(LIMITS);
    const accepted = [0, 1, 2, 3, 4, 5].map((i) => queue.verify(`client ${i}`, works.make(String(i))));
    await expect(queue.verify('one more', works.make('never'))).rejects.toMatchObject({ status: 503 });
    for (let i = 0; i < 6; i++) await works.finish(String(i));
    expect(await Promise.all(accepted)).toEqual([true, true, true, true, true, true]);
    // Room again.
    const again = queue.verify('one more', works.make('again'));
    await works.finish('again');
    expect(await again).toBe(true);
  });

  test('a work that throws fails its caller alone', async () => {
    const queue = new SlowHashQueue(LIMITS);
    const broken = queue.verify('a', () => Promise.reject(new Error('broken hash')));
    const fine = queue.verify('b', () => Promise.resolve(true));
    await expect(broken).rejects.toThrow('broken hash');
    expect(await fine).toBe(true);
    expect(queue.depth).toBe(0);
  });

  test('a failure is followed by a pause, a success is not: wrong passwords use a small part of a core', async () => {
    const queue = new SlowHashQueue({ ...LIMITS, pauseAfterFailure: 40 });
    const begun: number[] = [];
    const work = (good: boolean) => () => {
      begun.push(performance.now());
      return Promise.resolve(good);
    };
    await Promise.all([queue.verify('a', work(true)), queue.verify('b', work(false)), queue.verify('c', work(true))]);
    const [first = 0, second = 0, third = 0] = begun;
    expect(second - first).toBeLessThan(30);
    expect(third - second).toBeGreaterThanOrEqual(38);
  });
});
