import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Ledger } from './ledger.ts';

test('A ledger holds what was entered and has not left', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 20 })), (steps) => {
      const ledger = new Ledger<{ place: number }>();
      const model = new Set<{ place: number }>();
      const all: { place: number }[] = [];
      for (const step of steps) {
        if (step < 0) {
          const member = { place: 0 };
          all.push(member);
          ledger.add(member);
          model.add(member);
        } else {
          const member = all[step];
          if (member === undefined) continue;
          ledger.delete(member);
          model.delete(member);
        }
        expect(ledger.size).toBe(model.size);
        expect(new Set(ledger.list())).toEqual(model);
      }
    }),
  );
});
