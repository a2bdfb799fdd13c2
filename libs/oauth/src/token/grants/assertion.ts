import { hash } from 'node:crypto';
import { OAuthError } from '../../errors.ts';
import type { SingleUses } from '../../single-uses.ts';
import { parameter } from '../../transport/form.ts';
import { isProved } from '../exchange/security-tokens.ts';
import { ForeignTokenError, type ForeignToken, type TrustedIssuers } from '../exchange/trusted-issuers.ts';
import type { GrantType, RedeemedGrant, TokenRequest } from '../grant-type.ts';
import { requestedReach, subjectGrant } from '../subject-grant.ts';

/** Seconds: an assertion is made for the request it comes with, and its id is kept for as long as it is good. */
const LONGEST_LIFE = 3600;
/** Seconds by which an assertion may come from the future. */
const TOLERANCE = 5;
const MOST_CHARACTERS = 8192;
const MOST_JTI = 256;

/** Another service says for whom the client acts, and is trusted with it. RFC 7521 section 4.1, RFC 7523 sections 2.1 and 3. */
export class Assertion implements GrantType {
  readonly id = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  readonly flow = 'oauth-token-assertion';
  readonly capability = 'assertion';

  constructor(
    private readonly issuers: TrustedIssuers,
    private readonly uses: SingleUses,
  ) {}

  async redeem(request: TokenRequest): Promise<RedeemedGrant> {
    const text = parameter(request.form, 'assertion');
    if (text === undefined) throw new OAuthError('invalid_request', 'The assertion parameter is missing.');
    if (text.length > MOST_CHARACTERS) throw new OAuthError('invalid_request', 'The assertion is too long.');
    const assertion = await this.#verified(text, request);
    const grant = asserted(request, assertion);
    // Last: what is refused for a scope or resource may be presented again.
    if (!(await this.#isFirst(assertion, request))) throw new OAuthError('invalid_grant', 'The assertion has been used before.');
    return grant;
  }

  /** @throws OAuthError `invalid_grant`, RFC 7521 section 4.1.1 */
  async #verified(text: string, request: TokenRequest): Promise<ForeignToken> {
    const { profile } = request.route;
    const isAudience = (value: string) => profile.isAssertionAudience(value, request.request.path);
    try {
      const assertion = await this.issuers.verifyAssertion(profile, text, isAudience, request.now);
      requireShortLived(assertion, request.now);
      if (!isProved(assertion.claims['cnf'], request))
        throw new OAuthError('invalid_grant', 'The assertion is bound to a key that the request does not prove to have.');
      return assertion;
    } catch (error) {
      if (error instanceof ForeignTokenError) throw refused(error);
      throw error;
    }
  }

  #isFirst({ claims, expiresAt }: ForeignToken, { route }: TokenRequest): Promise<boolean> {
    const named = hash('sha256', `${String(claims['iss'])}\n${String(claims['jti'])}`, 'buffer');
    return this.uses.isFirst({ profile: route.profile.id, kind: 'assertion', hash: named, expiresAt });
  }
}

/** @throws ForeignTokenError when an assertion could be presented for longer than its id is kept, or has none */
function requireShortLived({ claims, expiresAt }: ForeignToken, now: number): void {
  const { iat, jti } = claims;
  if (expiresAt > now + LONGEST_LIFE) throw new ForeignTokenError(`it must expire within ${LONGEST_LIFE} seconds`);
  if (iat !== undefined && (typeof iat !== 'number' || iat > now + TOLERANCE)) throw new ForeignTokenError('it is not valid yet');
  if (typeof jti !== 'string' || jti === '' || jti.length > MOST_JTI)
    throw new ForeignTokenError(`it needs a jti of at most ${MOST_JTI} characters`);
}

/**
 * What an assertion that holds gives. Scopes are the client's alone: those of another service mean nothing here.
 *
 * @throws OAuthError `invalid_scope` or `invalid_target`
 */
export function asserted(request: TokenRequest, { claims, subject }: Pick<ForeignToken, 'claims' | 'subject'>): RedeemedGrant {
  const subjectAttributes = { ...saidOfSubject(claims), subject };
  // The default procedure issues no refresh token: the client can come back with another assertion. RFC 7521 section 4.1.
  return subjectGrant(request, { subject, subjectAttributes, contextAttributes: { issuer: claims['iss'] } }, requestedReach(request));
}

/** Of the assertion itself, and not of whom it speaks of. */
const OF_THE_ASSERTION: ReadonlySet<string> = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'cnf']);

function saidOfSubject(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !OF_THE_ASSERTION.has(name)));
}

/** One answer for all: which of them it is, is nobody's business but the issuer's. */
function refused(cause: ForeignTokenError): OAuthError {
  return new OAuthError(
    'invalid_grant',
    'The assertion must be a signed JWT of a trusted issuer with iss, sub, aud (this issuer), exp (within an hour) and a jti of its own.',
    { cause },
  );
}
