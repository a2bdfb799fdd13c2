/* eslint-disable @typescript-eslint/restrict-plus-operands -- plain concatenation, as in all guest code */
/*
 * Guest code: the functions of this folder are self-contained. They use nothing of their module but types, because they are
 * sent into the realm of an isolate by `Function.prototype.toString()`.
 */

/**
 * Says why a regular expression may not be compiled, or null. Backtracking can be interrupted, compilation cannot:
 * long chains of optional parts (`a?a?a?...`) take exponential time, repeated groups are unrolled.
 * Runs inside the realm for `new RegExp(text)` and beside the parser for literals.
 */
export function patternProblem(pattern: string): string | null {
  const LONGEST = 1000;
  const MOST_OPTIONAL = 24;
  const MOST_REPETITION = 5000;
  if (pattern.length > LONGEST) return 'the regular expression is longer than ' + LONGEST + ' characters';
  // Per open group: optional parts inside, the largest repetition inside.
  const optional = [0];
  const repeated = [1];
  let depth = 0;
  let inClass = false;
  // What the part just read would contribute if it were repeated.
  let lastOptional = 0;
  let lastRepeated = 1;
  let alternativeEmpty = true;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string;
    if (character === '\\') {
      at++;
      if (!inClass) {
        lastOptional = 0;
        lastRepeated = 1;
        alternativeEmpty = false;
      }
      continue;
    }
    if (inClass) {
      if (character === ']') inClass = false;
      continue;
    }
    if (character === '[') {
      // An empty class `[]` or `[^]` closes at once in this language. Only `v` patterns nest classes; reading them as ending at
      // the first `]` errs on the safe side.
      inClass = true;
      lastOptional = 0;
      lastRepeated = 1;
      alternativeEmpty = false;
      continue;
    }
    if (character === '(') {
      depth++;
      if (depth > 50) return 'the regular expression nests groups more than 50 deep';
      optional[depth] = 0;
      repeated[depth] = 1;
      alternativeEmpty = true;
      // `(?:`, `(?=`, `(?<name>` and the like: this `?` is no quantifier.
      if (pattern[at + 1] === '?') at++;
      continue;
    }
    if (character === ')') {
      if (depth === 0) return null; // a syntax error, which the compiler reports
      lastOptional = (optional[depth] as number) + (alternativeEmpty ? 1 : 0);
      lastRepeated = repeated[depth] as number;
      depth--;
      optional[depth] = (optional[depth] as number) + lastOptional;
      if (lastRepeated > (repeated[depth] as number)) repeated[depth] = lastRepeated;
      alternativeEmpty = false;
      continue;
    }
    if (character === '|') {
      if (alternativeEmpty) optional[depth] = (optional[depth] as number) + 1;
      alternativeEmpty = true;
      continue;
    }
    let least = -1;
    let most = -1;
    if (character === '?') {
      least = 0;
      most = 1;
    } else if (character === '*' || character === '+') {
      // Loops are not unrolled.
      least = 1;
      most = 1;
      if (pattern[at + 1] === '?') at++;
    } else if (character === '{') {
      let end = at + 1;
      let first = 0;
      let second = -1;
      let digits = 0;
      for (; end < pattern.length; end++) {
        const code = (pattern[end] as string) >= '0' && (pattern[end] as string) <= '9' ? +(pattern[end] as string) : -1;
        if (code >= 0) {
          digits++;
          if (second >= 0) second = second * 10 + code;
          else first = first * 10 + code;
        } else if (pattern[end] === ',' && second < 0) second = 0;
        else break;
      }
      if (pattern[end] === '}' && digits > 0) {
        const open = second === 0 && pattern[end - 1] === ',';
        least = first;
        most = second < 0 || open ? first : second;
        at = end;
      }
    }
    if (least >= 0) {
      if (pattern[at + 1] === '?') at++;
      const times = most > 1 ? most : 1;
      const total = lastRepeated * times;
      if (total > MOST_REPETITION) return 'the regular expression repeats a part more than ' + MOST_REPETITION + ' times';
      if (total > (repeated[depth] as number)) repeated[depth] = total;
      optional[depth] = (optional[depth] as number) + lastOptional * (times - 1) + (least === 0 ? 1 : 0);
      lastOptional = 0;
      lastRepeated = total;
    } else {
      lastOptional = 0;
      lastRepeated = 1;
      alternativeEmpty = false;
    }
    if ((optional[depth] as number) > MOST_OPTIONAL) return 'the regular expression has more than ' + MOST_OPTIONAL + ' optional parts';
  }
  let all = 0;
  for (let level = 0; level <= depth; level++) all += optional[level] as number;
  return all > MOST_OPTIONAL ? 'the regular expression has more than ' + MOST_OPTIONAL + ' optional parts' : null;
}
