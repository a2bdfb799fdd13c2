import type { PersonGrant } from '../../authorize/code-grant.ts';
import { BACKCHANNEL_AUTHENTICATION, type ApprovedAuthentication } from '../../backchannel/requested-authentication.ts';
import { OAuthError } from '../../errors.ts';
import { satisfiedContext } from '../../people/authentication-context.ts';
import { named } from '../../people/account-people.ts';
import type { Account } from '../../people-stores.ts';
import type { Claim, Stores } from '../../stores.ts';
import { parameter } from '../../transport/form.ts';
import { claim } from '../claiming.ts';
import type { GrantType, RedeemedGrant, TokenRequest } from '../grant-type.ts';
import { oneTimeTokenHash } from '../one-time-token.ts';
import { personGrant } from '../person-grant.ts';
import { pollRefusal } from '../poll-refusal.ts';
import { endReused } from '../reused-grant.ts';
import { provenKeys } from '../sender-binding.ts';

const WHAT = 'auth_req_id';

/** A client asks whether its person has said yes. OpenID Connect CIBA section 10.1, in poll mode. */
export class BackchannelAuthentication implements GrantType {
  readonly id = 'urn:openid:params:grant-type:ciba';
  readonly flow = 'oauth-token-backchannel-authentication';
  readonly capability = 'backchannel-authentication';
  readonly begunAt = 'oauth-backchannel-authentication';

  constructor(private readonly stores: Pick<Stores, 'polled' | 'grants' | 'accounts' | 'tokens' | 'audit'>) {}

  async redeem(request: TokenRequest): Promise<RedeemedGrant> {
    const { polled, grants, accounts, tokens, audit } = this.stores;
    const { form, route, client, confirmation } = request;
    const value = parameter(form, 'auth_req_id');
    if (value === undefined) throw new OAuthError('invalid_request', 'The auth_req_id parameter is missing.');
    const hash = oneTimeTokenHash('auth_req_id', value);
    if (hash === null) throw pollRefusal('unknown', WHAT);
    const asked = await polled.poll(route.profile.id, hash, { clientId: client.id, keys: provenKeys(confirmation) });
    if (asked !== 'approved') throw pollRefusal(asked, WHAT);
    const outcome = await claim(grants, route.profile.id, hash);
    // Its client and its key are known by now: whoever has both and the id beside it is to keep nothing, as with codes.
    if (outcome.outcome === 'used') await endReused(tokens, audit, 'backchannel-authentication.reused', outcome.grant, request.now);
    if (outcome.outcome === 'ended') throw pollRefusal('expired', WHAT);
    if (outcome.outcome !== 'claimed') throw pollRefusal('unknown', WHAT);
    try {
      const { clientId, kind, data } = outcome.grant;
      if (clientId !== client.id || kind !== BACKCHANNEL_AUTHENTICATION) throw pollRefusal('unknown', WHAT);
      const approved = JSON.parse(data) as ApprovedAuthentication;
      const account = await accounts.find(route.profile.id, approved.subject);
      if (account?.enabled !== true) throw new OAuthError('access_denied', 'The person cannot be authenticated any more.');
      return approvedGrant(request, approved, account, outcome.claim);
    } catch (error) {
      // It is still its client's; only who keeps guessing uses it up.
      await grants.release(outcome.claim, { counted: true });
      throw error;
    }
  }
}

/**
 * What a request that was approved gives.
 *
 * @throws OAuthError `invalid_target`
 */
export function approvedGrant(
  request: TokenRequest,
  approved: ApprovedAuthentication,
  { username, attributes }: Pick<Account, 'username' | 'attributes'>,
  held: Claim | null,
): RedeemedGrant {
  const { route, client } = request;
  const { subject, resources, authenticatedAt, amr, bindingMessage, acrValues } = approved;
  // Who was authenticated more surely than the client asks for is told of by the name that it knows.
  const acr = approved.acr === null ? null : (satisfiedContext(approved.acr, acrValues, route.profile.profile) ?? approved.acr);
  // What the client may have can have become less while the person was asked.
  const scopes = approved.scopes.filter((scope) => client.scopes.has(scope));
  const grant: PersonGrant = {
    ...{ subject, scopes, resources, nonce: null, authenticatedAt },
    // Without the session that it may have been approved in: the person signs out of that device, and goes on where the client is.
    ...{ session: null, person: { profile: route.profile.id, subject, session: null, consentTo: null } },
    subjectAttributes: { ...named(username, attributes), subject },
    contextAttributes: { acr, amr: amr.length === 0 ? null : amr, auth_time: authenticatedAt },
  };
  const data = {
    ...{ iss: route.profile.issuer, sub: subject, aud: client.id, scope: scopes.join(' '), auth_time: authenticatedAt },
    ...{ binding_message: bindingMessage, acr_values: acrValues.join(' '), purpose: BACKCHANNEL_AUTHENTICATION },
  };
  return personGrant(request, { grant, data }, held);
}
