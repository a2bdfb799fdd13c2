import { createHash, timingSafeEqual } from 'node:crypto';
import { AUTHORIZATION_CODE, storedCode, type StoredCode } from '../../authorize/code-grant.ts';
import { OAuthError } from '../../errors.ts';
import type { AuditStore, GrantStore, NewGrant, TokenStore } from '../../stores.ts';
import { parameter } from '../../transport/form.ts';
import { claim } from '../claiming.ts';
import type { GrantType, RedeemedGrant, StandingDelegation, TokenRequest } from '../grant-type.ts';
import { oneTimeTokenHash } from '../one-time-token.ts';
import { personGrant } from '../person-grant.ts';
import { endReused } from '../reused-grant.ts';

/** RFC 7636 section 4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** A person has sent the client back with a code. RFC 6749 section 4.1.3, RFC 7636, OpenID Connect Core section 3.1.3. */
export class AuthorizationCode implements GrantType {
  readonly id = AUTHORIZATION_CODE;
  readonly flow = 'oauth-token-authorization-code';
  readonly capability = 'authorization-code';

  constructor(
    private readonly grants: GrantStore,
    private readonly tokens: Pick<TokenStore, 'revokeDelegation' | 'findDelegation'>,
    private readonly audit: AuditStore,
  ) {}

  async redeem(request: TokenRequest): Promise<RedeemedGrant> {
    const { form, route, client } = request;
    const code = parameter(form, 'code');
    if (code === undefined) throw new OAuthError('invalid_request', 'The code parameter is missing.');
    const verifier = parameter(form, 'code_verifier');
    if (verifier === undefined) throw new OAuthError('invalid_request', 'The code_verifier parameter is missing.');
    if (!VERIFIER.test(verifier)) throw new OAuthError('invalid_request', 'The code_verifier is malformed.');
    const hash = oneTimeTokenHash(AUTHORIZATION_CODE, code);
    if (hash === null) throw invalid();

    const outcome = await claim(this.grants, route.profile.id, hash);
    if (outcome.outcome === 'used') {
      // Whoever has found the code alone can end nothing by it.
      if (outcome.grant.clientId === client.id && this.#isMeant(storedCode(outcome.grant), verifier, request))
        await endReused(this.tokens, this.audit, 'authorization-code.reused', outcome.grant, request.now);
      throw invalid();
    }
    if (outcome.outcome !== 'claimed') throw invalid();
    try {
      const stored = storedCode(outcome.grant);
      if (outcome.grant.clientId !== client.id || !this.#isMeant(stored, verifier, request)) throw invalid();
      const renews = await this.#madeWith(outcome.grant);
      return { ...personGrant(request, stored, outcome.claim), ...(renews === null ? {} : { renews }) };
    } catch (error) {
      // The code is still its client's; only who keeps guessing uses it up.
      await this.grants.release(outcome.claim, { counted: true });
      throw error;
    }
  }

  /** The delegation of the tokens that came with the code; null where none did. */
  async #madeWith({ profile, delegationId }: NewGrant): Promise<StandingDelegation | null> {
    if (delegationId === '') return null;
    const found = await this.tokens.findDelegation(profile, delegationId);
    if (found?.status !== 'active') throw invalid();
    return { id: found.id, view: found.view, expiresAt: found.expiresAt };
  }

  #isMeant({ grant }: StoredCode, verifier: string, { form, confirmation }: TokenRequest): boolean {
    const redirectUri = parameter(form, 'redirect_uri');
    if (grant.dpopJkt !== null && grant.dpopJkt !== confirmation?.jkt) return false;
    // RFC 6749 section 4.1.3: what was asked for must be said again; OAuth 2.1 lets the client leave it out, for PKCE does the same.
    if (redirectUri !== undefined && redirectUri !== grant.redirectUri) return false;
    const challenge = createHash('sha256').update(verifier).digest();
    const expected = Buffer.from(grant.codeChallenge, 'base64url');
    return challenge.length === expected.length && timingSafeEqual(challenge, expected);
  }
}

/** One answer for all: which of them it is, is nobody's business. */
function invalid(): OAuthError {
  return new OAuthError('invalid_grant', 'The authorization code is invalid, expired, or not for this client, redirect URI and verifier.');
}
