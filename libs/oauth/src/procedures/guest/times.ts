import type { Guest } from '../sandbox.ts';
import type { Print } from './printer.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * Whole seconds between now and a time given as seconds since 1970 (number or numeric text) or as a `Date`.
 */
export function times(guest: Guest, print: Print) {
  const { floor } = Math;
  const { isFinite: finite } = Number;
  const { getTime } = Date.prototype;
  const { apply } = Reflect;
  const NUMERIC = /^\s*[+-]?\d{1,20}(\.\d{1,20})?\s*$/;

  function secondsOf(time: unknown, what: string): number {
    let seconds = NaN;
    if (typeof time === 'number') seconds = time;
    else if (typeof time === 'string' && NUMERIC.test(time)) seconds = Number(time);
    else if (time instanceof Date) seconds = apply(getTime, time, []) / 1000;
    if (!finite(seconds)) throw new TypeError(`${what}: ${print(time)} is not a time; give seconds since 1970 or a Date`);
    return floor(seconds);
  }

  const now = () => floor(guest.now() / 1000);

  return {
    secondsUntil: (time: unknown) => (time === null || time === undefined ? null : secondsOf(time, 'secondsUntil') - now()),
    secondsSince: (time: unknown) => (time === null || time === undefined ? null : now() - secondsOf(time, 'secondsSince')),
  };
}
