import type { KnownToken } from './known-token.ts';

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

/** Which tokens are meant. */
export interface Criterion {
  /** The only token that can be meant, by its hash; undefined when it may be any. */
  readonly digest: string | undefined;
  isMet(token: KnownToken): boolean;
}

/** @throws TypeError when it would match everything: a feed that sends a wrong member must not go unnoticed */
export function criterionOf(what: Forgotten, digestOf: (token: string) => string): Criterion {
  const { token, jti, delegationId, subject } = what;
  if (token === undefined && jti === undefined && delegationId === undefined && subject === undefined)
    throw new TypeError('forget() needs a token, jti, delegationId or subject; forgetAll() forgets everything');
  const wanted = token === undefined ? undefined : digestOf(token);
  return {
    digest: wanted,
    isMet: ({ digest, claims }) =>
      (wanted === undefined || wanted === digest) &&
      (jti === undefined || jti === claims.jti) &&
      (delegationId === undefined || delegationId === claims['delegationId']) &&
      (subject === undefined || subject === claims.sub),
  };
}

/** The token of an event of the service: by the hash of its opaque value, or by its public id, which each `jti` of it begins with. */
export function revokedToken(id: string, hash: string): Criterion {
  const isOfId = (jti: string | undefined): boolean => jti !== undefined && (jti === id || jti.startsWith(`${id}.`));
  return {
    digest: undefined,
    isMet: ({ digest, claims, names }) => (names.hash ?? digest) === hash || isOfId(names.jti) || isOfId(claims.jti),
  };
}

/** The tokens of a delegation, and those of which nobody knows it since a procedure has left it out. */
export function revokedDelegation(id: string): Criterion {
  return {
    digest: undefined,
    isMet: ({ claims, names }) => {
      const named = claims['delegationId'] ?? names.delegationId;
      return named === id || typeof named !== 'string';
    },
  };
}
