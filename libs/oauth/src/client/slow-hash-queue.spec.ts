import { afterEach, describe, expect, jest, test } from '@jest/globals';
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
    // On a busy machine the pause after a failure may take longer than it should.
    while (!this.#finish.has(name)) await new Promise((resolve) => setImmediate(resolve));
    this.#finish.get(name)?.(good);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }

  /** Finishes what runs until nothing begins any more. */
  async finishAll(): Promise<void> {
    // Names that are added while it goes on have their turn, too.
    for (const name of this.begun) await this.finish(name);
  }
}

const LIMITS = { waiting: 6, waitingPerLane: 3, pauseAfterFailure: 0 };

/** The answer, or the error that a verification ended with. */
const settled = (answers: readonly Promise<boolean>[]) =>
  Promise.all(answers.map((answer) => answer.catch((error: unknown) => error as OAuthError)));

afterEach(() => {
  jest.restoreAllMocks();
});

describe('slow hashes (PROTOCOL 2: few at once, bounded, then 503)', () => {
  test('run one at a time, and each answers its own caller', async () => {
    const works = new Works();
    const queue = new SlowHashQueue(LIMITS);
    const answers = ['a', 'b', 'c'].map((name) => queue.verify(name, works.make(name)));
    // The first runs at once.
    expect(queue.depth).toBe(2);
    await works.finish('a', true);
    await works.finish('b', false);
    await works.finish('c', true);
    expect(await Promise.all(answers)).toEqual([true, false, true]);
    expect(works.most).toBe(1);
    expect(queue.depth).toBe(0);
  });

  test("addresses take turns, so that one address's flood does not delay another's single attempt", async () => {
    const works = new Works();
    const queue = new SlowHashQueue(LIMITS);
    const flood = [1, 2, 3].map((i) => queue.verify('192.0.2.9', works.make(`flood ${i}`)));
    const single = queue.verify('192.0.2.1', works.make('single'));
    for (const name of ['flood 1', 'flood 2', 'single', 'flood 3']) await works.finish(name, name !== 'flood 2');
    expect(await single).toBe(true);
    expect(await Promise.all(flood)).toEqual([true, false, true]);
    // The second of the flood was there before; the third must wait its turn.
    expect(works.begun).toEqual(['flood 1', 'flood 2', 'single', 'flood 3']);
  });

  test('in a full lane a newcomer takes the place of one that waits there, which is 503 with Retry-After', async () => {
    const works = new Works();
    const queue = new SlowHashQueue(LIMITS);
    // The first runs at once; three wait.
    const flood = [0, 1, 2, 3].map((i) => queue.verify('flooder', works.make(`flood ${i}`)));
    const other = queue.verify('other', works.make('other'));
    // Picks the second of the three.
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const newcomer = queue.verify('flooder', works.make('newcomer'));
    const displaced = await flood[2]?.catch((error: unknown) => error);
    expect(displaced).toBeInstanceOf(OAuthError);
    expect(displaced).toMatchObject({ code: 'temporarily_unavailable', status: 503, retryAfter: 1 });
    expect(queue.depth).toBe(4);
    await works.finishAll();
    expect(await Promise.all([flood[0], flood[1], flood[3], newcomer, other])).toEqual([true, true, true, true, true]);
    expect(works.begun).not.toContain('flood 2');
    expect(queue.depth).toBe(0);
  });

  test('what runs is never displaced', async () => {
    const works = new Works();
    const queue = new SlowHashQueue({ ...LIMITS, waitingPerLane: 1 });
    const outcomes = settled(Array.from({ length: 20 }, (_, i) => queue.verify('flooder', works.make(String(i)))));
    await works.finishAll();
    expect(works.begun).toEqual(['0', '19']);
    expect((await outcomes).filter((outcome) => outcome === true)).toHaveLength(2);
  });

  test('who is displaced is a matter of chance: no place in a lane can be held', async () => {
    const survivors = new Set<number>();
    for (let round = 0; round < 100; round++) {
      const works = new Works();
      const queue = new SlowHashQueue(LIMITS);
      const answers = [0, 1, 2, 3, 4].map((i) => queue.verify('lane', works.make(String(i))));
      const refusals = [1, 2, 3].map(async (i) => {
        await answers[i]?.catch(() => undefined);
        return i;
      });
      const lost = await Promise.race(refusals);
      for (const i of [1, 2, 3]) if (i !== lost) survivors.add(i);
      await works.finishAll();
      await settled(answers);
    }
    expect([...survivors].sort()).toEqual([1, 2, 3]);
  });

  test('when all places are taken the newcomer displaces one of the fullest lane, not one of its own or of a short one', async () => {
    const works = new Works();
    const queue = new SlowHashQueue(LIMITS);
    const running = queue.verify('first', works.make('running'));
    const short = ['b', 'c'].map((lane) => queue.verify(lane, works.make(lane)));
    const long = settled([0, 1, 2].map((i) => queue.verify('long', works.make(`long ${i}`))));
    const own = queue.verify('own', works.make('own'));
    expect(queue.depth).toBe(6);
    const newcomer = queue.verify('own', works.make('newcomer'));
    expect(queue.depth).toBe(6);
    await works.finishAll();
    expect(await Promise.all([running, ...short, own, newcomer])).toEqual([true, true, true, true, true]);
    const outcomes = await long;
    expect(outcomes.filter((outcome) => outcome === true)).toHaveLength(2);
    expect(outcomes.find((outcome) => outcome !== true)).toMatchObject({ status: 503, retryAfter: 1 });
  });

  test('never more wait than may, whatever comes from wherever, and each caller gets an answer', async () => {
    const works = new Works();
    const queue = new SlowHashQueue(LIMITS);
    const answers = Array.from({ length: 300 }, (_, i) => {
      const answer = queue.verify(`address ${i % 7}`, works.make(String(i)));
      expect(queue.depth).toBeLessThanOrEqual(LIMITS.waiting);
      return answer;
    });
    const outcomes = settled(answers);
    await works.finishAll();
    const counted = (await outcomes).map((outcome) => (outcome === true ? 'served' : (outcome as OAuthError).status));
    expect(counted.filter((outcome) => outcome === 'served')).toHaveLength(1 + LIMITS.waiting);
    expect(counted.filter((outcome) => outcome === 503)).toHaveLength(300 - 1 - LIMITS.waiting);
    expect(works.most).toBe(1);
    // Room again.
    const again = queue.verify('one more', works.make('again'));
    await works.finish('again');
    expect(await again).toBe(true);
  });

  test("a flood from one address that never ends does not keep another address's verification from being served next", async () => {
    const queue = new SlowHashQueue(LIMITS);
    let served = 0;
    let going = true;
    const work = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(++served > 0), 1));
    const flooding = Array.from({ length: 40 }, async () => {
      while (going) await Promise.all([queue.verify('flooder', work).catch(() => undefined), new Promise((next) => setImmediate(next))]);
    });
    for (let i = 0; i < 30; i++) {
      const before = served;
      expect(await queue.verify('genuine', work)).toBe(true);
      // What ran, what was next in turn, and itself.
      expect(served - before).toBeLessThanOrEqual(3);
    }
    going = false;
    await Promise.all(flooding);
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
