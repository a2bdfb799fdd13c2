import { hash } from 'node:crypto';

/** A procedure asked for more than it may have: a fault of the procedure, whose message names what would allow it. */
export class CeilingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CeilingError';
  }
}

/** How far a procedure may go in one token. */
export interface Ceilings {
  /** Seconds since 1970. */
  readonly latestExpiry: number;
  /** What the ceiling is, for the message: "the presented token", "the profile's maximum lifetime". */
  readonly expirySource: string;
  readonly scopes: ReadonlySet<string>;
  /** When a scope of the token ends before the token does; undefined when it does not. */
  scopeExpiry(scope: string): number | undefined;
  /** Null for any. */
  readonly audiences: readonly string[] | null;
  /** The same of what the client may name; undefined where that is not asked. */
  readonly clientAudiences?: readonly string[] | null;
  /** The `sub` the token must have; null where the issuer lets it change. */
  readonly subject: string | null;
}

/** Claims the host sets whatever the procedure put there. */
export interface OwnedClaims {
  readonly iss: string;
  readonly purpose: string;
  readonly delegationId: string;
  /** Confirmation of a sender-constrained token, RFC 7800; undefined for a bearer token. */
  readonly cnf?: unknown;
  /** Actors of the token that this one stands for, RFC 8693 section 4.1: further ones may be put around them. */
  readonly act?: unknown;
}

/** Filled in where the procedure left them out. Seconds since 1970. */
export interface TimeDefaults {
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
}

/** Token data as it is stored and shown, its members in the order of their names: the same data is the same text. */
export type TokenData = Record<string, unknown> & {
  readonly sub: string;
  readonly scope: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
};

const MAX_DATA_CHARACTERS = 32_768;
/** Actors that one run may add. */
const MAX_ACTORS = 16;
const OWNED = new Set(['purpose', 'delegationId', 'iss', 'sub', 'aud', 'scope', 'iat', 'nbf', 'exp', 'cnf', 'jti', 'client_id']);

/**
 * Token data from what a procedure gave to `issue`, within the ceilings. Members that start with `_` are dropped,
 * `jti` and `client_id` too: they belong to the token's row.
 *
 * @throws CeilingError
 */
export function composeTokenData(text: string, ceilings: Ceilings, owned: OwnedClaims, times: TimeDefaults): TokenData {
  const given = givenMembers(text);
  const scope = scopeOf(given.get('scope'), ceilings);
  const exp = expiryOf(given.get('exp'), scope, ceilings, times);
  const entries: [string, unknown][] = [
    ['purpose', owned.purpose],
    ['delegationId', owned.delegationId],
    ['iss', owned.iss],
    ['sub', subjectOf(given.get('sub'), ceilings)],
    ['aud', audienceOf(given.get('aud'), ceilings)],
    ['scope', scope],
    // A scope's own lifetime counts from here: a time to come would make it longer.
    ['iat', Math.min(timeOf('iat', given.get('iat'), times.iat), times.iat)],
    ['nbf', timeOf('nbf', given.get('nbf'), times.nbf)],
    ['exp', exp],
  ];
  if (owned.cnf !== undefined) entries.push(['cnf', owned.cnf]);
  if (!keepsActors(given.get('act'), owned.act)) throw new CeilingError('act may name further actors, but must keep those of the token');
  for (const [name, value] of given)
    if (!OWNED.has(name) && (!name.startsWith('_') || name === '__proto__') && value !== null) entries.push([name, value]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined).sort(byName)) as TokenData;
}

/** JSON text of a JWT's claims. No two texts have the same `jti`. */
export interface JwtPayload {
  readonly jti: string;
  readonly text: string;
}

/**
 * The members of what a procedure gave to `issue`.
 * @throws CeilingError when it is no object, or too large
 */
export function givenMembers(text: string): ReadonlyMap<string, unknown> {
  if (text.length > MAX_DATA_CHARACTERS) throw new CeilingError(`the token data is larger than ${MAX_DATA_CHARACTERS} characters`);
  if (isNestedTooDeeply(text)) throw new CeilingError(`the token data is nested more than ${MAX_NESTING} deep`);
  const data: unknown = JSON.parse(text);
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw new CeilingError('the token data must be an object');
  return new Map<string, unknown>(Object.entries(data));
}

/**
 * The payload of a JWT access token (RFC 9068) with all of the data, `client_id`, and a `jti` made of the token's public
 * id and a hash of the claims: the same claims give the same bytes, so that one signature serves every repeat.
 *
 * @param data JSON text of token data as `composeTokenData` gives it
 */
export function jwtPayload(data: string, clientId: string, tokenId: string): JwtPayload {
  const claims = `"client_id":${JSON.stringify(clientId)},${data.slice(1)}`;
  const jti = `${tokenId}.${hash('sha256', claims, 'base64url').slice(0, 22)}`;
  return { jti, text: `{"jti":"${jti}",${claims}` };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Whether a chain of actors is another one or ends with it; anything is, where there is none to keep. RFC 8693 section 4.1. */
export function keepsActors(act: unknown, kept: unknown): boolean {
  if (kept === undefined) return true;
  // Older scripts write the chain as a list, the oldest first.
  if (Array.isArray(kept) && Array.isArray(act))
    return act.length <= kept.length + MAX_ACTORS && JSON.stringify(act.slice(0, kept.length)) === JSON.stringify(kept);
  const added = actorsIn(act) - actorsIn(kept);
  if (added < 0 || added > MAX_ACTORS) return false;
  let rest = act;
  for (let i = 0; i < added; i++) rest = (rest as Record<string, unknown>)['act'];
  return JSON.stringify(rest) === JSON.stringify(kept);
}

function actorsIn(act: unknown): number {
  let count = 0;
  for (let actor = act; typeof actor === 'object' && actor !== null; actor = (actor as Record<string, unknown>)['act']) count++;
  return count;
}

/** Deeper JSON than this is nothing anybody means, and costs more than it should. */
const MAX_NESTING = 100;

/** Whether a JSON text is nested too deeply to be worked on. */
export function isNestedTooDeeply(text: string): boolean {
  // Few texts have as many brackets as they may have levels; only those are read.
  if (text.length < 2 * MAX_NESTING || !(aboundsIn(text, '{') || aboundsIn(text, '['))) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (inString) {
      if (unit === 0x5c) i++;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x7b || unit === 0x5b) {
      if (++depth > MAX_NESTING) return true;
    } else if (unit === 0x7d || unit === 0x5d) depth--;
  }
  return false;
}

/** Whether a text holds more of a bracket than half of the levels it may have. */
function aboundsIn(text: string, bracket: '{' | '['): boolean {
  let count = 0;
  for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) if (++count > MAX_NESTING / 2) return true;
  return false;
}

/** The token id within a `jti`. */
export function tokenIdOfJti(jti: string): string {
  const dot = jti.indexOf('.');
  return dot < 0 ? jti : jti.slice(0, dot);
}

function scopeOf(value: unknown, ceilings: Ceilings): string {
  const scope = value === undefined || value === null ? '' : Array.isArray(value) ? value.join(' ') : value;
  if (typeof scope !== 'string') throw new CeilingError('scope must be a string or an array of strings');
  const names = scope.split(' ').filter((name) => name !== '');
  for (const name of names) {
    if (!ceilings.scopes.has(name))
      throw new CeilingError(`the scope "${name.slice(0, 100)}" was not granted; give the client this scope, or ask for it, to allow it`);
  }
  return names.join(' ');
}

function expiryOf(value: unknown, scope: string, ceilings: Ceilings, times: TimeDefaults): number {
  let exp = timeOf('exp', value, times.exp);
  if (exp > ceilings.latestExpiry)
    throw new CeilingError(`exp is ${exp - ceilings.latestExpiry} seconds after the latest that ${ceilings.expirySource} allows`);
  for (const name of scope.split(' ')) {
    const end = ceilings.scopeExpiry(name);
    if (end !== undefined && end < exp) exp = end;
  }
  return exp;
}

function timeOf(name: string, value: unknown, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new CeilingError(`${name} must be a number of seconds since 1970`);
  return Math.floor(value);
}

function subjectOf(value: unknown, ceilings: Ceilings): string {
  if (value === undefined || value === null) {
    if (ceilings.subject !== null) return ceilings.subject;
    throw new CeilingError('sub is missing');
  }
  if (typeof value !== 'string' || value === '') throw new CeilingError('sub must be a string');
  if (ceilings.subject !== null && value !== ceilings.subject)
    throw new CeilingError('sub differs from the subject of the delegation; the token issuer setting allowSubjectChange would allow it');
  return value;
}

function audienceOf(value: unknown, ceilings: Ceilings): unknown {
  const audiences: unknown[] = value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
  // A token for nobody in particular is one for everybody.
  if (audiences.length === 0 && ceilings.clientAudiences != null)
    throw new CeilingError("aud is missing: the client's tokenExchange.audiences say for whom its tokens may be");
  if (value === undefined || value === null) return undefined;
  for (const audience of audiences) {
    if (typeof audience !== 'string') throw new CeilingError('aud must be a string or an array of strings');
    if (ceilings.audiences !== null && !ceilings.audiences.includes(audience))
      throw new CeilingError(`the audience "${audience.slice(0, 100)}" is not among the profile's allowedAudiences`);
    if (ceilings.clientAudiences?.includes(audience) === false)
      throw new CeilingError(`the audience "${audience.slice(0, 100)}" is not among the client's tokenExchange.audiences`);
  }
  return audiences.length === 1 ? audiences[0] : audiences;
}
