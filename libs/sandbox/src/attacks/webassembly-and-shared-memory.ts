import { attack, TOO_MUCH, type Family } from './attack.ts';

/** Machine code, memory outside of the heap, clocks made of it. */
export const WEBASSEMBLY_AND_SHARED_MEMORY: Family = {
  name: 'webassembly and shared memory',
  attacks: [
    attack(
      'their names',
      `return ['WebAssembly', 'SharedArrayBuffer', 'ArrayBuffer', 'Atomics', 'DataView', 'Uint8Array', 'Float64Array', 'BigUint64Array', 'Float16Array'].filter(function (name) { return name in globalThis; });`,
    ),
    attack(
      'typed arrays by way of a service',
      `return reach(base64url.decode('eHg'), Java.type('java.util.Base64').getDecoder().decode('eHg='), 'x'.getBytes());`,
    ),
    attack(
      'typed arrays by way of a digest',
      `var bytes = Java.type('java.security.MessageDigest').getInstance('SHA-256').digest('x'.getBytes()); return reach(bytes).concat(unless(Array.isArray(bytes), 'no array'));`,
    ),
    attack(
      'typed arrays by way of the symbols of species',
      `return reach(Array[Symbol.species], Map[Symbol.species], Set[Symbol.species]);`,
    ),
    attack(
      'a clock made of a counter',
      `var n = 0, before = Date.now(); while (Date.now() === before && n < 20000) n++; return unless(n === 20000, 'a clock');`,
    ),
    attack(
      'a clock made of the time of an error',
      `var first = new Date().toISOString(); try { null.x; } catch (e) { e.stack; } return unless(new Date().toISOString() === first && new Date(context.presentedToken.issuedAt * 1000) instanceof Date, 'a clock');`,
    ),
    attack(
      'asm.js',
      `var module = (function (stdlib, foreign, heap) { "use asm"; function f() { return 1; } return { f: f }; })(globalThis, {}, null); return unless(module.f() === 1, 'asm').concat(reach(module));`,
    ),
    attack(
      'a collator',
      `return unless(typeof Intl === 'undefined' && 'a'.localeCompare('b', 'de', { numeric: true }) === -1, 'Intl').concat(reach(Object((1234.5).toLocaleString('de'))));`,
    ),
  ],
  killing: [
    attack('text outside of the heap', `var keep = []; for (;;) keep.push('\\u20ac'.repeat(1000000).split('').join('x'));`, TOO_MUCH),
  ],
};
