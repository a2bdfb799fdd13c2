import type { NewGrant } from '../stores.ts';
import type { PersonRequirement } from '../people-stores.ts';
import type { ClaimsRequest } from './claims-request.ts';

/** Kind of the stored grant that an authorization code is. */
export const AUTHORIZATION_CODE = 'authorization_code';

/** Seconds that a client has to redeem a code. RFC 6749 section 4.1.2 recommends at most ten minutes. */
export const CODE_LIFETIME = 60;

/** Seconds after which no code that was made is redeemed any more, with the time that the redemption itself may take. */
export const CODE_REDEEMED_WITHIN = CODE_LIFETIME + 60;

/** What a person has allowed a client: kept with the grant, and never seen by anybody but the service. */
export interface PersonGrant {
  /** The account. */
  readonly subject: string;
  readonly scopes: readonly string[];
  /** Claims about the person that were asked for by name, and allowed; absent for none. */
  readonly claims?: ClaimsRequest;
  /** APIs that its tokens may be for; empty where none was named. RFC 8707 section 2.1. */
  readonly resources: readonly string[];
  readonly nonce: string | null;
  /** What must still be so when it is redeemed; null where nothing tells. */
  readonly person: PersonRequirement | null;
  /** The login session that what it gives ends with; null where it goes on without. */
  readonly session: string | null;
  readonly authenticatedAt: number;
  readonly subjectAttributes: Readonly<Record<string, unknown>>;
  readonly contextAttributes: Readonly<Record<string, unknown>>;
}

/** What an authorization code stands for. */
export interface CodeGrant extends PersonGrant {
  /** As it was asked for; null when it was left out. RFC 6749 section 4.1.3. */
  readonly redirectUri: string | null;
  /** S256. RFC 7636 section 4.3. */
  readonly codeChallenge: string;
  /** The key that the tokens will be bound to; null for any, or none. RFC 9449 section 10. */
  readonly dpopJkt: string | null;
}

/** What is stored: the grant, and the data that the procedure which issued the code has given it. */
export interface StoredGrant<Grant extends PersonGrant = PersonGrant> {
  readonly grant: Grant;
  readonly data: Readonly<Record<string, unknown>>;
}

export type StoredCode = StoredGrant<CodeGrant>;

/** Reads what was stored. */
export function storedCode({ data }: NewGrant): StoredCode {
  return JSON.parse(data) as StoredCode;
}
