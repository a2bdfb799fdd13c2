/* eslint-disable @typescript-eslint/no-unnecessary-condition -- a procedure can give anything, whatever the types say */
/*
 * Guest code: self-contained, sent into the realm as text. See pattern.ts.
 */

/** What the runtime gives to the tamed built-ins: the time and the next random number of the present run. */
export interface RunClock {
  now(): number;
  random(): number;
}

/**
 * Makes `Date` stand still at the run's time and seeds `Math.random`, so that a run can be repeated exactly.
 * Before the prelude is evaluated: what it captures is the tamed version.
 */
export function tameDateAndRandom(clock: RunClock): void {
  const { construct, ownKeys } = Reflect;
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const NativeDate = Date;
  const nativeToString = Function.prototype.call.bind(NativeDate.prototype.toString) as (date: Date) => string;

  const TamedDate = function Date(this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return nativeToString(new NativeDate(clock.now()));
    return construct(NativeDate, args.length === 0 ? [clock.now()] : args, new.target);
  };
  for (const key of ownKeys(NativeDate)) {
    const descriptor = getOwnPropertyDescriptor(NativeDate, key) as PropertyDescriptor;
    if (key === 'prototype') descriptor.writable = false;
    defineProperty(TamedDate, key, descriptor);
  }
  const replacements = {
    now(): number {
      return clock.now();
    },
    random(): number {
      return clock.random();
    },
  };
  defineProperty(TamedDate, 'now', { value: replacements.now, writable: true, enumerable: false, configurable: true });
  defineProperty(NativeDate.prototype, 'constructor', { value: TamedDate, writable: true, enumerable: false, configurable: true });
  defineProperty(globalThis, 'Date', { value: TamedDate, writable: true, enumerable: false, configurable: true });
  defineProperty(Math, 'random', { value: replacements.random, writable: true, enumerable: false, configurable: true });
}
