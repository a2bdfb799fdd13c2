import { hash } from 'node:crypto';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { ConsentStore } from '../people-stores.ts';
import { parameter } from '../transport/form.ts';
import { claimConsent, consentedClaim } from './claim-consent.ts';
import type { Consent, Interaction } from './interaction.ts';
import type { OwnSession } from './login-sessions.ts';
import type { AskedScope } from './pages/consent-view.ts';
import type { Look } from './pages/page.ts';
import { PageError, type AskedFor, type Visit } from './visit.ts';

/** Without it a request is none of OpenID Connect: who allows anything allows it. OpenID Connect Core section 3.1.2.1. */
const ALWAYS = 'openid';

/** What a person is asked to allow, in words, and whether it may be left out. */
export function askedScopes(look: Look, profile: ProfileSnapshot, { interaction }: AskedFor): readonly AskedScope[] {
  return asAsked(look, profile, itemsOf(interaction));
}

/** The same of names of scopes and claims. */
export function asAsked(look: Look, profile: ProfileSnapshot, names: readonly string[]): readonly AskedScope[] {
  return names.map((name) => ({ text: scopeText(look, profile, name), isOptional: name !== ALWAYS }));
}

/** Of what was asked for, in this order, that which the person lets the client have. */
export function chosenOf({ form, settings }: Pick<Visit, 'form' | 'settings'>, names: readonly string[]): readonly string[] {
  return names.filter((name, i) => !settings.scopeChoice || name === ALWAYS || form.has(`scope-${i}`));
}

/** All that the person is asked for: scopes, and claims beside them. */
function itemsOf({ scopes, claims }: Interaction): readonly string[] {
  return [...scopes, ...claims.map(claimConsent)];
}

/** What a scope, or a claim as `claimConsent` has it, is called for people. */
export function scopeText({ texts }: Look, { profile }: ProfileSnapshot, scope: string): string {
  const claim = consentedClaim(scope);
  if (claim !== null) {
    const words: Readonly<Record<string, string>> = texts.consent.claims;
    return texts.consent.claim(Object.hasOwn(words, claim) ? (words[claim] ?? claim) : claim.replaceAll('_', ' '));
  }
  const described = Object.hasOwn(profile.scopes, scope) ? profile.scopes[scope]?.description : undefined;
  const known: Readonly<Record<string, string>> = texts.consent.scopes;
  return described ?? (Object.hasOwn(known, scope) ? (known[scope] ?? scope) : scope);
}

/** A form for one session and one interaction is none for another. */
export function boundToBoth({ cookie }: OwnSession, { sealed }: AskedFor): readonly string[] {
  return [cookie, hash('sha256', sealed, 'base64url')];
}

/**
 * What the person has decided by the form, within what was asked for.
 *
 * @throws PageError when the form does not say
 */
export function decisionOf(visit: Visit, { interaction }: AskedFor, { id: session }: OwnSession): Consent {
  const said = parameter(visit.form, 'decision');
  if (said !== 'allow' && said !== 'deny') throw new PageError(400, 'unreadable');
  if (said === 'deny') return { session, allowed: false };
  return { session, allowed: true, scopes: chosenOf(visit, itemsOf(interaction)) };
}

/** Remembers what was allowed, for as long as is set. */
export async function rememberConsent(
  consents: ConsentStore,
  { route, settings }: Visit,
  { interaction }: AskedFor,
  { subject }: OwnSession,
  scopes: readonly string[],
  now: number,
): Promise<void> {
  const expiresAt = settings.consentLifetime === null ? null : now + settings.consentLifetime;
  await consents.allow({
    ...{ profile: route.profile.id, subject, clientId: interaction.clientId },
    ...{ scopes, createdAt: now, expiresAt },
  });
}
