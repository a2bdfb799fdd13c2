import type { RequestAuth } from './auth.ts';
import type { Denials, Denied } from './denial.ts';

/** Scopes that a request needs: all of `all`, and one of `any` when there is one. */
export interface ScopeRule {
  readonly all?: readonly string[];
  readonly any?: readonly string[];
}

/**
 * The scopes of a guard.
 * @throws TypeError for none, which would guard nothing, and for what is no scope, which no token could have
 */
export function guardScopes(scopes: readonly string[]): readonly string[] {
  if (scopes.length === 0 || !scopes.every(isScope)) throw new TypeError("give scopes one by one: requireScopes('read', 'write')");
  return scopes;
}

/** RFC 6749 section 3.3. */
export function isScope(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text);
}

/** How an API answers, by its own clock: milliseconds since 1970. */
export interface Answers {
  readonly denials: Denials;
  readonly clock: () => number;
}

const answersOf = new WeakMap<RequestAuth, Answers>();

/** Notes how the API that accepted a token answers, for guards that come later. */
export function noteAnswers(auth: RequestAuth, answers: Answers): void {
  answersOf.set(auth, answers);
}

/**
 * How the API answers that accepted a token.
 * @throws TypeError when `auth` was not made by a token validator: a guard without it would guard nothing
 */
export function answersTo(auth: RequestAuth | null | undefined, guard: string): Answers {
  const answers = auth === null || auth === undefined ? undefined : answersOf.get(auth);
  if (answers === undefined) throw new TypeError(`${guard} needs the token check before it: the request has no auth`);
  return answers;
}

/** Null when the scopes are there. RFC 6750 section 3.1. */
export function missingScopes(auth: RequestAuth, { all = [], any = [] }: ScopeRule, denials: Denials): Denied | null {
  const missing = all.filter((scope) => !auth.scopes.has(scope));
  if (missing.length > 0) return denials.insufficientScope(auth.scheme, all, `the token lacks the scopes: ${missing.join(' ')}`);
  if (any.length > 0 && !any.some((scope) => auth.scopes.has(scope)))
    return denials.insufficientScope(auth.scheme, any, `the token has none of the scopes: ${any.join(' ')}`);
  return null;
}

/**
 * Whether who sent a request may do what needs these scopes; else how to answer.
 *
 * @throws TypeError when `auth` was not made by a token validator: a guard without it would guard nothing
 */
export function checkScopes(auth: RequestAuth | null | undefined, rule: ScopeRule): Denied | null {
  const { denials } = answersTo(auth, 'requireScopes()');
  return missingScopes(auth as RequestAuth, rule, denials);
}
