import type { TokenClaims } from './auth.ts';

/** Which tokens to forget: those that have every member given. */
export interface Forgotten {
  /** The token as clients send it. */
  readonly token?: string;
  readonly jti?: string;
  /** The claim `delegationId`: all tokens of one authorization. */
  readonly delegationId?: string;
  /** The claim `sub`. */
  readonly subject?: string;
}

/** What a feed of revocations tells. Once a call has returned, nothing that was known before is answered from memory. */
export interface RevocationListener {
  /** @throws TypeError when no member is given */
  forget(what: Forgotten): void;
  forgetAll(): void;
}

/**
 * Tells of revocations as they happen, so that none has to wait for the revocation lag.
 *
 * A feed that may have missed something (a connection lost and made again) calls `forgetAll`.
 */
export interface RevocationFeed {
  /** @returns ends the subscription */
  subscribe(listener: RevocationListener): () => void;
}

/** One criterion, with the hash of the token in place of the token. */
export interface Criterion {
  readonly digest: string | undefined;
  readonly jti: string | undefined;
  readonly delegationId: string | undefined;
  readonly subject: string | undefined;
}

/** @throws TypeError when it would match everything: a feed that sends a wrong member must not go unnoticed */
export function criterionOf(what: Forgotten, digestOf: (token: string) => string): Criterion {
  const { token, jti, delegationId, subject } = what;
  if (token === undefined && jti === undefined && delegationId === undefined && subject === undefined)
    throw new TypeError('forget() needs a token, jti, delegationId or subject; forgetAll() forgets everything');
  return { digest: token === undefined ? undefined : digestOf(token), jti, delegationId, subject };
}

/** Whether a token is meant: by its hash and its claims. */
export function matches({ digest, jti, delegationId, subject }: Criterion, its: string, claims: TokenClaims): boolean {
  return (
    (digest === undefined || digest === its) &&
    (jti === undefined || jti === claims.jti) &&
    (delegationId === undefined || delegationId === claims['delegationId']) &&
    (subject === undefined || subject === claims.sub)
  );
}
