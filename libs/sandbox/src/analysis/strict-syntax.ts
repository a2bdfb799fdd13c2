/** What the parser says of code that only strict mode forbids, and how to mend it. */
const STRICT: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^Octal literal in strict mode/u, 'Octal escapes are not allowed in strict mode; write \\x and two hexadecimal digits'],
  [/^Octal/u, 'Octal literals and escapes are not allowed in strict mode; write 0o17 or a decimal number, in text \\x0f'],
  [/^Argument name clash/u, 'Argument names clash: two parameters have the same name; rename one'],
  [/^Deleting local variable/u, 'Deleting a name is not allowed in strict mode; assign undefined to it, or delete a member of an object'],
  [/^(?:Binding|Assigning to) (arguments|eval) in strict mode/u, '$1 cannot be assigned in strict mode; use a variable of another name'],
  [/^The keyword '(\w+)' is reserved/u, "'$1' is a reserved word in strict mode; choose another name"],
  [/^'return' outside of function/u, "'return' outside of function; a procedure returns from result(context)"],
  [/^Cannot use keyword 'await'/u, "'await' is not supported: procedures are synchronous; leave it out"],
  [/^(?:Invalid|Bad) escape sequence/u, 'Invalid escape sequence; write \\x and two or \\u and four hexadecimal digits'],
  [/^for-(in|of) loop variable declaration may not/u, 'The variable of a for-$1 loop cannot have a first value; leave it out'],
  [/^'with' in strict mode/u, "'with' is not allowed in strict mode; write the object before each of its members"],
];

/** The parser's message on what stands at `at`, in words that say what to do where there are some. */
export function inWords(message: string, source: string, at: number): string {
  if (/^each\b/u.test(source.slice(at, at + 5)) && /\bfor\s+$/u.test(source.slice(Math.max(0, at - 10), at)))
    return 'for each is not JavaScript; write for (const x of list), or list.forEach(function (x) { ... })';
  for (const [pattern, words] of STRICT) {
    const found = pattern.exec(message);
    if (found !== null) return words.replace('$1', found[1] ?? '');
  }
  return message;
}
