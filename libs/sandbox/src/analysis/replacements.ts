const TIMERS = 'procedures are synchronous: there are no timers; compare times with secondsUntil and secondsSince';
const JAVA = 'Java classes are not available; use jwt.verify, sha256, base64url and the other globals, or Java.type for those of the shim';

/** Names under which other engines have the packages of Java. All but the first three are so only where a class follows. */
const JAVA_ROOTS = new Set(['Packages', 'java', 'javax', 'javafx', 'org', 'com', 'edu']);

/** Names that other engines have and that are refused at upload, with what to do instead. */
export const ABSENT: Readonly<Record<string, string>> = {
  Promise: 'procedures are synchronous: host calls return values, there are no promises',
  setTimeout: TIMERS,
  setInterval: TIMERS,
  setImmediate: TIMERS,
  queueMicrotask: 'procedures are synchronous: there is nothing to queue for',
  require: 'a procedure is one script: there are no modules; put shared functions into a library that it names',
  module: 'a procedure is one script: there are no modules; what it defines at the top is known in all of it',
  exports: 'a procedure is one script: there are no modules; what it defines at the top is known in all of it',
  eval: 'compiling text is not possible in a procedure; use JSON.parse for data, functions for code',
  Packages: JAVA,
  java: JAVA,
  javax: JAVA,
  JavaImporter: JAVA,
  importClass: JAVA,
  importPackage: JAVA,
  load: 'a procedure is one script: there are no files to load; put shared functions into a library that it names',
  print: 'there is no terminal; use logger.info',
};

const ARRAYS = 'arrays of numbers';
const NUMBERS = 'numbers up to 2 ** 53, or text';
const PLAIN = 'plain objects, Map and WeakMap';

/** Names that are not there when a procedure runs, which a script may test for; with what to use, where there is something. */
export const ABSENT_WHEN_RUN: Readonly<Record<string, string>> = {
  Proxy: 'getters',
  BigInt: NUMBERS,
  Intl: 'toString, toISOString and comparisons of text',
  WebAssembly: '',
  Atomics: '',
  SharedArrayBuffer: ARRAYS,
  ArrayBuffer: ARRAYS,
  DataView: ARRAYS,
  WeakRef: PLAIN,
  FinalizationRegistry: PLAIN,
  Iterator: 'arrays',
  ...Object.fromEntries(
    ['Uint8', 'Int8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float16', 'Float32', 'Float64', 'BigInt64', 'BigUint64'].map(
      (kind) => [`${kind}Array`, ARRAYS],
    ),
  ),
  DisposableStack: 'try and finally',
  AsyncDisposableStack: 'try and finally',
  SuppressedError: 'Error',
  process: 'secrets.get and the properties of the client',
  fetch: 'context.getWebServiceClient(id)',
  XMLHttpRequest: 'context.getWebServiceClient(id)',
  Buffer: 'base64url',
  atob: 'base64url.decode',
  btoa: 'base64url.encode',
  crypto: 'sha256, randomUuid() and jwt.verify',
  TextEncoder: 'base64url and sha256, which take text as UTF-8',
  TextDecoder: 'base64url.decode',
  URL: 'encodeURIComponent and the options of context.getWebServiceClient(id)',
  URLSearchParams: 'encodeURIComponent and the options of context.getWebServiceClient(id)',
  structuredClone: 'JSON.parse(JSON.stringify(value))',
  escape: 'encodeURIComponent',
  unescape: 'decodeURIComponent',
};

/** The Java classes that are offered. */
export const JAVA_TYPES: ReadonlySet<string> = new Set([
  ...['java.util.HashMap', 'java.util.LinkedHashMap', 'java.util.HashSet', 'java.util.ArrayList', 'java.util.Base64'],
  ...['java.lang.String', 'java.security.MessageDigest'],
]);

const JAVA_REPLACEMENTS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/jose|jwt|jws|jwk/iu, 'jwt.verify or jwt.decode'],
  [/UUID|Random/u, 'randomUuid() and Math.random'],
  [/MessageDigest|Mac|security|crypto/u, 'sha256'],
  [/Base64|codec/iu, 'base64url'],
  [/URL(?:Encoder|Decoder)/u, 'encodeURIComponent and decodeURIComponent'],
  [/charset/iu, "the name 'UTF-8'"],
  [/http|URL|net\.|WebClient/iu, 'context.getWebServiceClient(id)'],
  [/json|gson|jackson/iu, 'JSON.parse and JSON.stringify'],
  [/Date|time|Instant|Calendar|System/iu, 'Date, secondsUntil and secondsSince'],
  [/Thread|concurrent/u, 'nothing: a procedure is synchronous, and cache keeps values between runs'],
  [/Logger|slf4j|log4j/iu, 'logger'],
  [/Exception|Error/u, 'exceptionFactory, or throw an Error'],
  [/Pattern|regex/iu, 'regular expressions'],
  [/util\.|lang\./u, 'plain objects, arrays, text, numbers, Map and Set'],
];

/** How to write what a script reaches as `java.util.HashMap` or `Packages.java.util.HashMap`; null for what names no class. */
export function javaPathReplacement(root: string, members: readonly string[]): string | null {
  if (!JAVA_ROOTS.has(root)) return null;
  const names = root === 'Packages' ? members : [root, ...members];
  const at = names.findIndex((name) => !/^[a-z_]\w*$/u.test(name));
  if (at < 1 || !/^[A-Z]\w*$/u.test(names[at] ?? '')) return null;
  const type = names.slice(0, at + 1).join('.');
  return JAVA_TYPES.has(type) ? `${type}: write Java.type('${type}')` : `${type} is not available; ${javaReplacement(type)}`;
}

/** What a script can use in place of a Java class. */
export function javaReplacement(type: string): string {
  const instead = JAVA_REPLACEMENTS.find(([pattern]) => pattern.test(type))?.[1];
  return instead === undefined ? `there are ${[...JAVA_TYPES].join(', ')} and the globals of the service` : `use ${instead}`;
}
