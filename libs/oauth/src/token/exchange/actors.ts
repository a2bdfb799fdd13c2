import { OAuthError } from '../../errors.ts';
import { isObject } from '../../procedures/service-arguments.ts';

/** Actors that a token may name: a longer chain is one that goes round in circles. */
export const MOST_ACTORS = 16;

/** Who acts: the claims that say so. RFC 8693 section 4.1. */
export type Actor = Readonly<Record<string, unknown>> & { readonly sub: string };

/** How many actors a claim `act` names: those nested in it, or the members of a list, which is the older way. */
export function countActors(act: unknown): number {
  let count = 0;
  let actor = act;
  for (; isObject(actor); actor = actor['act']) count++;
  return Array.isArray(actor) ? count + actor.length : count;
}

/**
 * The claim `act` of a token that an actor gets for a subject: the actor, around those before it. RFC 8693 section 4.1.
 *
 * @param before of the subject token; undefined for none
 * @param holder the client that the subject token was issued to: it acts already, without being named
 */
export function grownChain(before: unknown, { sub, iss }: Actor, holder: string | null): unknown {
  const actor = iss === undefined ? { sub } : { sub, iss };
  if (before === undefined || before === null) return iss === undefined && sub === holder ? undefined : actor;
  const isLast = isObject(before) && before['sub'] === sub && before['iss'] === iss;
  return isLast ? before : { ...actor, act: before };
}

/**
 * Refuses an actor that the subject has not named, where it has named one. Every claim of `may_act` must be the actor's.
 * RFC 8693 section 4.4.
 *
 * @param actor what is known of who acts
 * @throws OAuthError `invalid_request`, RFC 8693 section 2.2.2
 */
export function requireMayAct(mayAct: unknown, actor: Readonly<Record<string, unknown>> | null): void {
  if (mayAct === undefined) return;
  const named = isObject(mayAct) ? Object.entries(mayAct) : [];
  const isNamed = named.length > 0 && actor !== null && named.every(([claim, value]) => isSame(actor[claim], value));
  if (!isNamed) throw new OAuthError('invalid_request', 'The subject token names another party that may act for its subject.');
}

function isSame(claim: unknown, value: unknown): boolean {
  return typeof value === 'string' && value !== '' && claim === value;
}
