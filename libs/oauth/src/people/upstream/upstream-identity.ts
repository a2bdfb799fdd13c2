import type { UpstreamProvider } from '../../configuration/upstream-settings.ts';
import { usernameOf } from '../username.ts';
import type { UpstreamClaims } from './upstream-client.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Bytes of the JSON text of one attribute, and of all: those of an account that administrators make have no more. */
const LARGEST_ATTRIBUTE = 4096;
const LARGEST = 16_384;
/** What is put behind a name that is taken has room. */
const LONGEST_NAME = 100;
const LONGEST_SUBJECT = 512;
const MOST_METHODS = 10;

/** Somebody at a provider, as its settings read what it says. */
export interface UpstreamIdentity {
  readonly subject: string;
  /** Of which the provider says that it is theirs; null where it says so of none. */
  readonly verifiedEmail: string | null;
  /** What an account for them is called, if the name is free. */
  readonly username: string;
  /** Null for what the provider does not say. */
  readonly attributes: Claims;
  readonly acr: string;
  readonly amr: readonly string[];
  /** When they signed in there, seconds since 1970; null where it does not say. */
  readonly authenticatedAt: number | null;
}

/**
 * Who somebody is, by what a provider says; null for one of whom it does not say enough.
 *
 * @param usual `acr` and `amr` where the settings say nothing of them
 */
export function identityOf(
  name: string,
  settings: UpstreamProvider,
  { idToken, userInfo }: UpstreamClaims,
  usual: { readonly acr: string; readonly amr: readonly string[] },
): UpstreamIdentity | null {
  // What tells people apart is taken from what is signed alone.
  const subject = Object.hasOwn(idToken, settings.subjectClaim) ? idToken[settings.subjectClaim] : undefined;
  if (typeof subject !== 'string' || subject === '' || subject.length > LONGEST_SUBJECT || !/^[^\p{C}]+$/u.test(subject)) return null;
  const claims = { ...userInfo, ...idToken };
  const attributes = mapped(settings.attributes, claims);
  if (attributes === null) return null;
  const verifiedEmail = verifiedEmailOf(claims);
  const { acr, amr, auth_time: at } = idToken;
  return {
    ...{ subject, verifiedEmail, attributes },
    username: nameOf(name, subject, settings, claims, verifiedEmail),
    acr: typeof acr === 'string' && Object.hasOwn(settings.acr, acr) ? (settings.acr[acr] ?? usual.acr) : usual.acr,
    amr: settings.passAmr ? [...new Set([...usual.amr, ...methodsOf(amr)])] : usual.amr,
    authenticatedAt: typeof at === 'number' && Number.isSafeInteger(at) && at >= 0 ? at : null,
  };
}

/** Whether the settings let somebody in. */
export function isAllowed({ allowedEmailDomains, requiredClaims }: UpstreamProvider, { idToken, userInfo }: UpstreamClaims): boolean {
  const claims: Claims = { ...userInfo, ...idToken };
  if (allowedEmailDomains !== null) {
    const email = verifiedEmailOf(claims);
    if (email === null || !allowedEmailDomains.includes(email.slice(email.lastIndexOf('@') + 1))) return false;
  }
  return Object.entries(requiredClaims).every(([claim, values]) => {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    const said: readonly unknown[] = Array.isArray(value) ? value : [value];
    return said.some(
      (one) => (typeof one === 'string' || typeof one === 'boolean' || typeof one === 'number') && values.includes(String(one)),
    );
  });
}

/** In small letters, of which addresses are told apart by none. Some providers say `"true"`. */
function verifiedEmailOf({ email, email_verified: isVerified }: Claims): string | null {
  if (typeof email !== 'string' || (isVerified !== true && isVerified !== 'true')) return null;
  return /^[^\s@\p{C}]{1,128}@[^\s@\p{C}]{1,190}$/u.test(email) ? email.toLowerCase() : null;
}

/** An address names an account only if it is verified: else somebody could wait in one for whom it belongs to. */
function nameOf(provider: string, subject: string, { usernameClaim }: UpstreamProvider, claims: Claims, email: string | null): string {
  const claimed = Object.hasOwn(claims, usernameClaim) ? claims[usernameClaim] : undefined;
  const candidates = [typeof claimed === 'string' ? claimed : null, email, `${provider}-${subject}`];
  for (const candidate of candidates) {
    const username = candidate === null ? null : usernameOf(candidate.slice(0, LONGEST_NAME));
    if (username !== null && (!username.includes('@') || username.toLowerCase() === email)) return username;
  }
  return provider;
}

function mapped(attributes: UpstreamProvider['attributes'], claims: Claims): Claims | null {
  const values = Object.entries(attributes).map(([attribute, claim]) => {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    const isFit = value !== undefined && Buffer.byteLength(JSON.stringify(value)) <= LARGEST_ATTRIBUTE;
    return [attribute, isFit ? value : null] as const;
  });
  const found = Object.fromEntries(values);
  return Buffer.byteLength(JSON.stringify(found)) <= LARGEST ? found : null;
}

function methodsOf(amr: unknown): readonly string[] {
  if (!Array.isArray(amr)) return [];
  return amr.filter((method): method is string => typeof method === 'string' && /^[\x21-\x7e]{1,64}$/.test(method)).slice(0, MOST_METHODS);
}
