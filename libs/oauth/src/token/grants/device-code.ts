import type { StoredGrant } from '../../authorize/code-grant.ts';
import { DEVICE_CODE, DEVICE_CODE_GRANT_TYPE } from '../../device/device-grant.ts';
import { OAuthError } from '../../errors.ts';
import type { Stores } from '../../stores.ts';
import { parameter } from '../../transport/form.ts';
import { claim } from '../claiming.ts';
import type { GrantType, RedeemedGrant, TokenRequest } from '../grant-type.ts';
import { oneTimeTokenHash } from '../one-time-token.ts';
import { personGrant } from '../person-grant.ts';
import { pollRefusal } from '../poll-refusal.ts';
import { endReused } from '../reused-grant.ts';
import { provenKeys } from '../sender-binding.ts';

const WHAT = 'device code';

/** A device asks whether the person has allowed it yet. RFC 8628 sections 3.4 and 3.5. */
export class DeviceCode implements GrantType {
  readonly id = DEVICE_CODE_GRANT_TYPE;
  readonly flow = 'oauth-token-device-code';
  readonly capability = 'device-authorization';
  readonly begunAt = 'oauth-device-authorization';

  constructor(private readonly stores: Pick<Stores, 'polled' | 'grants' | 'tokens' | 'audit'>) {}

  async redeem(request: TokenRequest): Promise<RedeemedGrant> {
    const { polled, grants, tokens, audit } = this.stores;
    const { form, route, client, confirmation } = request;
    const code = parameter(form, 'device_code');
    if (code === undefined) throw new OAuthError('invalid_request', 'The device_code parameter is missing.');
    const hash = oneTimeTokenHash(DEVICE_CODE, code);
    if (hash === null) throw pollRefusal('unknown', WHAT);
    const asked = await polled.poll(route.profile.id, hash, { clientId: client.id, keys: provenKeys(confirmation) });
    if (asked !== 'approved') throw pollRefusal(asked, WHAT);

    const outcome = await claim(grants, route.profile.id, hash);
    // Its client and its key are known by now.
    if (outcome.outcome === 'used') await endReused(tokens, audit, 'device-code.reused', outcome.grant, request.now);
    if (outcome.outcome === 'ended') throw pollRefusal('expired', WHAT);
    if (outcome.outcome !== 'claimed') throw pollRefusal('unknown', WHAT);
    try {
      const { grant, data } = JSON.parse(outcome.grant.data) as StoredGrant;
      // What the client may have can have become less while the person was asked.
      const scopes = grant.scopes.filter((scope) => client.scopes.has(scope));
      return personGrant(request, { grant: { ...grant, scopes }, data }, outcome.claim);
    } catch (error) {
      await grants.release(outcome.claim, { counted: true });
      throw error;
    }
  }
}
