import { OAuthError } from '../errors.ts';
import { isObject } from '../procedures/service-arguments.ts';

/** One claim that a client asks for by name. OpenID Connect Core section 5.5.1. */
export interface RequestedClaim {
  readonly essential?: boolean;
  /** What it must be, else it is left out. */
  readonly value?: unknown;
  /** The same of several, any of which will do. */
  readonly values?: readonly unknown[];
}

/** Claims by name, with a language tag where one is asked for. OpenID Connect Core section 5.2. */
export type RequestedClaims = Readonly<Record<string, RequestedClaim>>;

/** What the parameter `claims` asks for. OpenID Connect Core section 5.5. */
export interface ClaimsRequest {
  readonly idToken: RequestedClaims;
  readonly userinfo: RequestedClaims;
}

export const NO_CLAIMS: ClaimsRequest = { idToken: {}, userinfo: {} };

/** Of each of the two places. */
const MOST_CLAIMS = 100;
const LONGEST_NAME = 200;
const MOST_VALUES = 50;
/** A place, a claim, `values`, a value, and a structure within. */
const DEEPEST = 8;

/**
 * Reads the parameter. Members that are not known are ignored, as section 5.5 wants.
 *
 * @throws OAuthError `invalid_request`
 */
export function claimsRequest(text: string | undefined): ClaimsRequest {
  if (text === undefined) return NO_CLAIMS;
  const asked = parsed(text);
  if (!isObject(asked)) throw malformed('must be a JSON object');
  if (isDeeperThan(asked, DEEPEST)) throw malformed(`is nested more than ${DEEPEST} deep`);
  return { idToken: place('id_token', asked['id_token']), userinfo: place('userinfo', asked['userinfo']) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('is no JSON');
  }
}

function place(name: 'id_token' | 'userinfo', asked: unknown): RequestedClaims {
  if (asked === undefined || asked === null) return {};
  if (!isObject(asked)) throw malformed(`must have an object as ${name}`);
  const claims = Object.entries(asked);
  if (claims.length > MOST_CLAIMS) throw malformed(`names more than ${MOST_CLAIMS} claims in ${name}`);
  return Object.fromEntries(claims.map(([claim, wish]) => [claim, requestedClaim(claim, wish)]));
}

function requestedClaim(claim: string, wish: unknown): RequestedClaim {
  if (claim === '' || claim.length > LONGEST_NAME || claim === '__proto__') throw malformed('has a claim without a proper name');
  if (wish === null) return {};
  if (!isObject(wish)) throw malformed('must have null or an object for each claim');
  const { essential, value, values } = wish;
  if (essential !== undefined && typeof essential !== 'boolean') throw malformed('must have true or false as essential');
  if (values !== undefined && !(Array.isArray(values) && values.length > 0 && values.length <= MOST_VALUES))
    throw malformed(`must have a list of 1 to ${MOST_VALUES} as values`);
  return {
    ...(essential === true ? { essential } : {}),
    ...(value === undefined ? {} : { value }),
    ...(values === undefined ? {} : { values: values as readonly unknown[] }),
  };
}

/** Those that are wanted as one of some values; null where any will do. */
export function wantedValues({ value, values }: RequestedClaim): readonly unknown[] | null {
  if (value === undefined && values === undefined) return null;
  return [...(value === undefined ? [] : [value]), ...(values ?? [])];
}

/** A claim without its language tag. OpenID Connect Core section 5.2. */
export function claimWithoutLanguage(claim: string): string {
  const hash = claim.indexOf('#');
  return hash < 0 ? claim : claim.slice(0, hash);
}

/** The request with those claims alone that are kept. */
export function keptClaims({ idToken, userinfo }: ClaimsRequest, keep: (claim: string) => boolean): ClaimsRequest {
  const kept = (claims: RequestedClaims) =>
    Object.fromEntries(Object.entries(claims).filter(([claim]) => keep(claimWithoutLanguage(claim))));
  return { idToken: kept(idToken), userinfo: kept(userinfo) };
}

/** The names that a request has, each once and without languages. */
export function requestedNames({ idToken, userinfo }: ClaimsRequest): readonly string[] {
  return [...new Set([...Object.keys(idToken), ...Object.keys(userinfo)].map(claimWithoutLanguage))];
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(member, levels - 1));
}

function malformed(what: string): OAuthError {
  return new OAuthError('invalid_request', `The claims parameter ${what}.`);
}
