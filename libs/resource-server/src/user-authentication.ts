import type { RequestAuth } from './auth.ts';
import type { Denials, Denied } from './denial.ts';
import { CLOCK_TOLERANCE } from './jwt-access-token.ts';
import { answersTo } from './scopes.ts';

/** How, and how lately, the person must have signed in. RFC 9470. */
export interface AuthenticationRule {
  /** Values of `acr`, one of which the token must have, exactly. */
  readonly acrValues?: readonly string[];
  /** Seconds since the person signed in (`auth_time`), at most. */
  readonly maxAge?: number;
}

/**
 * The rule of a guard, or of every request.
 * @throws TypeError for what would guard nothing, or can be met by nobody
 */
export function authenticationRule({ acrValues, maxAge }: AuthenticationRule): AuthenticationRule {
  if (acrValues === undefined && maxAge === undefined) throw new TypeError('give acrValues, maxAge or both: neither would guard nothing');
  if (acrValues !== undefined && !(Array.isArray(acrValues) && acrValues.length > 0 && acrValues.every(isContext)))
    throw new TypeError('acrValues must be a list of values of acr, each without spaces');
  if (maxAge !== undefined && !(Number.isSafeInteger(maxAge) && maxAge >= 0))
    throw new TypeError('maxAge must be whole seconds, 0 or more');
  return { ...(acrValues === undefined ? {} : { acrValues }), ...(maxAge === undefined ? {} : { maxAge }) };
}

/**
 * Null when the person has signed in surely and lately enough; else the answer, which tells the client what to ask the authorize endpoint
 * for. RFC 9470 section 3.
 *
 * @param now seconds since 1970
 */
export function missingAuthentication(
  auth: RequestAuth,
  { acrValues, maxAge }: AuthenticationRule,
  denials: Denials,
  now: number,
): Denied | null {
  const { acr, auth_time: at } = auth.token;
  const isOther = acrValues?.some((value) => value === acr) === false;
  const isTooOld = maxAge !== undefined && !(typeof at === 'number' && now - at <= maxAge + CLOCK_TOLERANCE);
  if (!isOther && !isTooOld) return null;
  const wanted = {
    ...(isOther ? { acr_values: acrValues.join(' ') } : {}),
    ...(isTooOld ? { max_age: String(maxAge) } : {}),
  };
  const found = [isOther ? `acr is ${JSON.stringify(acr)}` : [], isTooOld ? `auth_time is ${JSON.stringify(at)}` : []].flat();
  return denials.insufficientAuthentication(auth.scheme, wanted, `the login behind the token is not enough: ${found.join(', ')}`);
}

/**
 * Whether the person who sent a request has signed in so; else how to answer.
 *
 * @throws TypeError when `auth` was not made by a token validator: a guard without it would guard nothing
 */
export function checkAuthentication(auth: RequestAuth | null | undefined, rule: AuthenticationRule): Denied | null {
  const { denials, clock } = answersTo(auth, 'requireAuthentication()');
  return missingAuthentication(auth as RequestAuth, authenticationRule(rule), denials, clock() / 1000);
}

/** It goes into a header. */
function isContext(value: unknown): boolean {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value);
}
