import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InOrder } from './in-order.ts';

const FIRST = fc.constantFrom(1, 0xffff_fff0, 0xffff_ffff);

describe('Things in order', () => {
  test('are found by number however they come and go, like in a map', () => {
    fc.assert(
      fc.property(FIRST, fc.array(fc.oneof(fc.constant(-1), fc.nat(30)), { maxLength: 2000 }), (first, steps) => {
        const things = new InOrder<{ id: number }>(first);
        const model = new Map<number, { id: number }>();
        let made = 0;
        for (const step of steps) {
          if (step < 0) {
            const thing = { id: made++ };
            const number = things.add(thing);
            expect(model.has(number)).toBe(false);
            expect(number >= 1 && number <= 0xffff_ffff).toBe(true);
            model.set(number, thing);
          } else {
            const number = [...model.keys()][step % Math.max(1, model.size)] ?? 77_777;
            expect(things.take(number)).toBe(model.get(number));
            expect(things.take(number)).toBeUndefined();
            model.delete(number);
          }
          expect([things.size, things.oldest]).toEqual([model.size, model.values().next().value]);
        }
        expect(things.takeAll()).toEqual([...model.values()]);
        expect([things.size, things.oldest]).toEqual([0, undefined]);
      }),
    );
  });

  test('keep no more places than they need while one stays and thousands pass', () => {
    const things = new InOrder<object>();
    let previous = things.add({});
    for (let i = 0; i < 5000; i++) {
      const next = things.add({});
      expect(things.take(previous)).toBeDefined();
      previous = next;
    }
    expect(things.size).toBe(1);
    expect(things.take(previous)).toBeDefined();
    expect(things.take(previous)).toBeUndefined();
  });
});
