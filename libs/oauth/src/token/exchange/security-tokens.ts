import type { RegisteredClient } from '../../client/registered-client.ts';
import { OAuthError } from '../../errors.ts';
import { introspectedToken } from '../../introspection/introspected-token.ts';
import type { NamedToken, PresentedTokens } from '../../introspection/presented-tokens.ts';
import { isObject } from '../../procedures/service-arguments.ts';
import type { FoundToken, TokenPurpose } from '../../stores.ts';
import { certificateThumbprint } from '../../transport/client-certificate.ts';
import type { OAuthRequest } from '../../transport/exchange.ts';
import type { StandingDelegation, TokenRequest } from '../grant-type.ts';
import type { NamedSecurityToken } from './exchange-request.ts';
import { scopeNames } from '../scope.ts';
import { claimedIssuer, ForeignTokenError, type TrustedIssuers } from './trusted-issuers.ts';
import { TOKEN_TYPE } from './token-types.ts';

/** A token that stands for a subject or an actor, and holds. */
export interface SecurityToken {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly subject: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  /** What only a token of this service has; null for one of a trusted issuer. */
  readonly own: OwnToken | null;
}

/** What a token of this service stands on. */
export interface OwnToken {
  readonly purpose: TokenPurpose;
  readonly clientId: string;
  readonly delegation: StandingDelegation;
  /** Those that it has now. */
  readonly scopes: readonly string[];
  /** When a scope ends before the token does. Seconds since 1970. */
  scopeExpiry(scope: string): number | undefined;
}

/** As what a token is presented. */
export type TokenRole = 'subject' | 'actor';

/** Finds out what presented tokens are, and refuses those that do not hold or are not the client's to exchange. RFC 8693 section 2.1. */
export class SecurityTokens {
  constructor(
    private readonly tokens: PresentedTokens,
    private readonly issuers: TrustedIssuers,
  ) {}

  /**
   * What is known of a token; null when it is of nobody that the profile knows, which leaves it to the procedure.
   *
   * @throws OAuthError `invalid_request`, RFC 8693 section 2.2.2
   */
  async find(role: TokenRole, { value, type }: NamedSecurityToken, request: TokenRequest): Promise<SecurityToken | null> {
    const { route, now } = request;
    const named = await this.tokens.named(value, route.profile, now);
    if (named === 'expired') throw refused(role);
    const token = named === null ? await this.#foreign(role, value, type, request) : await this.#own(role, named, request);
    if (token === null) return null;
    if (token.own !== null && !isOfType(type, token.own.purpose, value)) throw refused(role);
    if (!isProved(token.claims['cnf'], request))
      throw new OAuthError('invalid_request', `The ${role} token is bound to a key that the request does not prove to have.`);
    return token;
  }

  async #own(role: TokenRole, named: NamedToken, { client, route, now }: TokenRequest): Promise<SecurityToken> {
    const looked = await this.tokens.lookUp(named, route.profile);
    // As its own client would see it: what this client may introspect is another question.
    const seen = { id: client.id, policy: 'any', scopes: client.scopes, client: client.client } as const;
    const token = looked === null ? null : introspectedToken(looked.found, looked.claims, seen, route.profile, now);
    const { found } = looked ?? {};
    if (found === undefined || found.delegation === null || token === null) throw refused(role);
    const claims = JSON.parse(token.data) as Record<string, unknown>;
    if (!isFor(role, found, claims, client)) throw refused(role);
    const live = scopeNames(String(claims['scope'])).list;
    return {
      claims: token.cnf === undefined ? claims : { ...claims, cnf: token.cnf },
      subject: token.subject,
      expiresAt: token.expiresAt,
      own: {
        purpose: found.purpose,
        clientId: found.clientId,
        delegation: { id: found.delegationId, view: token.delegation, expiresAt: found.delegation.expiresAt },
        scopes: live.filter((name) => !token.expiredScopes.includes(name) && token.scopes.has(name)),
        scopeExpiry: (scope) => token.scopeExpiry(scope),
      },
    };
  }

  async #foreign(role: TokenRole, value: string, type: string, { route, now }: TokenRequest): Promise<SecurityToken | null> {
    // What says to be of this service and is not, and a refresh token that nobody here has issued, is no procedure's to judge.
    if (type === TOKEN_TYPE.refreshToken || claimedIssuer(value) === route.profile.issuer) throw refused(role);
    try {
      const token = await this.issuers.verify(route.profile, value, type, now);
      return token === null ? null : { ...token, own: null };
    } catch (error) {
      if (error instanceof ForeignTokenError) throw refused(role, error);
      throw error;
    }
  }
}

/** Whether a token of this service is what it is presented as. */
function isOfType(type: string, purpose: TokenPurpose, text: string): boolean {
  switch (type) {
    case TOKEN_TYPE.accessToken:
      return purpose === 'access_token';
    case TOKEN_TYPE.jwt:
      return purpose === 'access_token' && text.includes('.');
    case TOKEN_TYPE.refreshToken:
      return purpose === 'refresh_token';
    default:
      return false;
  }
}

/**
 * Whether a token is the client's to exchange: it was issued to it, or is meant for it. Who merely got hold of one could otherwise
 * swap it for another. RFC 8693 section 5.
 */
function isFor(role: TokenRole, { clientId }: FoundToken, { aud }: Readonly<Record<string, unknown>>, client: RegisteredClient): boolean {
  if (clientId === client.id) return true;
  const { subjectTokens, ownAudiences } = client.tokenExchange;
  if (role === 'subject' && subjectTokens === 'any') return true;
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return audiences.some((audience) => audience === client.id || ownAudiences.some((own) => own === audience));
}

/** Whether the request shows what a token is bound to: a key, RFC 9449 section 6, or a TLS certificate, RFC 8705 section 3. */
export function isProved(cnf: unknown, { confirmation, request }: TokenRequest): boolean {
  if (cnf === undefined) return true;
  // Of a binding that is not known here nothing could be a proof.
  if (!isObject(cnf) || Object.keys(cnf).length !== 1) return false;
  const { jkt, 'x5t#S256': thumbprint } = cnf;
  if (typeof jkt === 'string') return jkt === confirmation?.jkt;
  return typeof thumbprint === 'string' && thumbprint === certificateOf(request);
}

function certificateOf({ clientCertificate }: OAuthRequest): string | undefined {
  const shown = clientCertificate?.() ?? null;
  return shown === null ? undefined : certificateThumbprint(shown.certificate);
}

/** One answer for all: which of them it is, is nobody's business. */
function refused(role: TokenRole, cause?: Error): OAuthError {
  return new OAuthError(
    'invalid_request',
    `The ${role} token is invalid, expired, revoked, of another type, or not meant for this client.`,
    { cause },
  );
}
