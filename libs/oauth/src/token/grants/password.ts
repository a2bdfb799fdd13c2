import { OAuthError } from '../../errors.ts';
import type { Account, AccountStore } from '../../people-stores.ts';
import { named } from '../../people/account-people.ts';
import { byPassword } from '../../people/login-sessions.ts';
import type { PasswordVerification } from '../../people/password-verification.ts';
import { parameter } from '../../transport/form.ts';
import type { GrantType, RedeemedGrant, TokenRequest } from '../grant-type.ts';
import { requestedReach, subjectGrant } from '../subject-grant.ts';

/** A person has given the client name and password. RFC 6749 section 4.3; obsolete, for those who come from it: RFC 9700 section 2.4. */
export class Password implements GrantType {
  readonly id = 'password';
  readonly flow = 'oauth-token-resource-owner-password-credentials';
  readonly capability = 'password';

  constructor(
    private readonly passwords: PasswordVerification,
    private readonly accounts: Pick<AccountStore, 'succeed'>,
  ) {}

  async redeem(request: TokenRequest): Promise<RedeemedGrant> {
    const { form, request: http } = request;
    const profile = request.route.profile.id;
    const username = parameter(form, 'username');
    const password = parameter(form, 'password');
    if (username === undefined) throw new OAuthError('invalid_request', 'The username parameter is missing.');
    if (password === undefined) throw new OAuthError('invalid_request', 'The password parameter is missing.');
    const account = await this.passwords.verify(profile, username, password, http.clientIpAddress);
    if (account === null || !(await this.accounts.succeed(profile, account.id, account.passwordHash))) throw invalid();
    await this.passwords.renew(account, password);
    return passwordGrant(request, account);
  }
}

/**
 * What a password that is right gives.
 *
 * @throws OAuthError `invalid_scope` or `invalid_target`
 */
export function passwordGrant(request: TokenRequest, account: Pick<Account, 'id' | 'username' | 'attributes'>): RedeemedGrant {
  const { id: subject, username, attributes } = account;
  const subjectAttributes = { ...named(username, attributes), subject };
  const contextAttributes = { ...byPassword(request.route.profile), auth_time: request.now };
  // Without id tokens: OpenID Connect has no such grant, as there was no session that one could tell of.
  return subjectGrant(request, { subject, subjectAttributes, contextAttributes }, requestedReach(request));
}

/** One answer for all: whether there is such a person, or the account is locked, is nobody's business. */
function invalid(): OAuthError {
  return new OAuthError('invalid_grant', 'The username or the password is wrong, or the account cannot be used now.');
}
