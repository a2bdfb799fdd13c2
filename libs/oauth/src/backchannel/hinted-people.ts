import { decodeJwt } from 'jose';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { readIdTokenHint } from '../issuance/id-token-hint.ts';
import type { Account, AccountStore } from '../people-stores.ts';
import { isObject } from '../procedures/service-arguments.ts';
import { ForeignTokenError, type TrustedIssuers } from '../token/exchange/trusted-issuers.ts';
import type { Hint } from './authentication-request.ts';

/** Finds who is meant by a hint. OpenID Connect CIBA section 7.1. */
export class HintedPeople {
  constructor(
    private readonly accounts: Pick<AccountStore, 'find' | 'findByUsername'>,
    private readonly issuers: TrustedIssuers,
  ) {}

  /**
   * The enabled account that a hint names; null when there is none.
   *
   * @param path of the endpoint that is asked
   * @param now seconds since 1970
   * @throws OAuthError `invalid_request`, `expired_login_hint_token`, `temporarily_unavailable`
   */
  async find(
    { kind, value }: Hint,
    client: RegisteredClient,
    profile: ProfileSnapshot,
    path: string,
    now: number,
  ): Promise<Account | null> {
    const account =
      kind === 'login_hint'
        ? await this.accounts.findByUsername(profile.id, value)
        : await this.accounts.find(
            profile.id,
            kind === 'id_token_hint' ? await ofIdToken(value, client, profile) : await this.#ofToken(value, profile, path, now),
          );
    return account?.enabled === true ? account : null;
  }

  /** A service that the profile trusts says who is meant, and no more: it is typed, so that it is good for nothing else. RFC 8725 section 3.11. */
  async #ofToken(text: string, profile: ProfileSnapshot, path: string, now: number): Promise<string> {
    if (profile.profile.trustedIssuers.length === 0)
      throw new OAuthError('invalid_request', 'The login_hint_token is not supported here: the profile trusts no issuer of them.');
    if (hasExpired(text, now)) throw new OAuthError('expired_login_hint_token', 'The login_hint_token has expired.');
    const isAudience = (value: string) => profile.isAssertionAudience(value, path);
    try {
      const { claims, subject } = await this.issuers.verifyAssertion(profile, text, isAudience, now, 'login-hint');
      return identified(claims['sub_id'], profile) ?? subject;
    } catch (error) {
      if (!(error instanceof ForeignTokenError)) throw error;
      throw new OAuthError(
        'invalid_request',
        'The login_hint_token must be a signed JWT of a trusted issuer, of the type login-hint+jwt, with iss, sub, aud (this issuer) and exp.',
        { cause: error },
      );
    }
  }
}

async function ofIdToken(hint: string, client: RegisteredClient, profile: ProfileSnapshot): Promise<string> {
  // Nobody can tell from a pairwise subject who it is, and here nobody is signed in who could be compared with it.
  if (client.sector !== null)
    throw new OAuthError('invalid_request', 'The subjects of the client are pairwise: send a login_hint or login_hint_token instead.');
  const { client: of, subject } = await readIdTokenHint(hint, profile);
  if (of !== client.id) throw new OAuthError('invalid_request', 'The id_token_hint is of another client.');
  return subject;
}

/** Whoever sent it is told, before it is known to be genuine: that it has expired, it says itself. */
function hasExpired(text: string, now: number): boolean {
  try {
    const { exp } = decodeJwt(text);
    return exp !== undefined && exp <= now;
  } catch {
    // Whatever it is, it is no JWT, which is said of it elsewhere.
    return false;
  }
}

/** The subject here, where the issuer says it: RFC 9493 section 3.2.5. */
function identified(subjectId: unknown, { issuer }: ProfileSnapshot): string | null {
  if (!isObject(subjectId) || subjectId['format'] !== 'iss_sub' || subjectId['iss'] !== issuer) return null;
  return typeof subjectId['sub'] === 'string' ? subjectId['sub'] : null;
}
