import type { Client } from '../configuration/entities.ts';
import { put, type Change } from '../configuration/configuration.ts';
import type { HostServices } from '../procedures/host-services.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { clientOf, endpointOf, jsonOf, PROFILE, profileOf, SECRET, ServiceUnderTest, TOKEN } from './service-builder.ts';

export const CIBA = 'urn:openid:params:grant-type:ciba';
export const BACKCHANNEL = '/backchannel';
export const DECISION = '/decision';
const CAPABILITIES = [
  'client-credentials',
  'backchannel-authentication',
  'backchannel-decision',
  'refresh-token',
  'introspection',
] as const;

type Parameters = Readonly<Record<string, string>>;

/** The entities of a client `till` that has people asked, of an app's backend `bank` that tells what they say, and of their endpoints. */
export function backchannelChanges(till: Partial<Client> = {}): Change[] {
  return [
    put('profile', profileOf({ capabilities: CAPABILITIES, scopes: { openid: {}, read: {}, write: {} } })),
    put(
      'client',
      clientOf('till', {
        name: 'The <Till>',
        capabilities: ['backchannel-authentication', 'refresh-token'],
        scopes: ['openid', 'read', 'write'],
        ...till,
      }),
    ),
    put('client', clientOf('bank', { capabilities: ['backchannel-decision'], scopes: [] })),
    put('endpoint', endpointOf('oauth-backchannel-authentication', BACKCHANNEL)),
    put('endpoint', endpointOf('oauth-backchannel-decision', DECISION)),
  ];
}

/** For specs: a till that has alice asked, and the backend of her bank's app. */
export class BackchannelWorld {
  private constructor(readonly service: ServiceUnderTest) {}

  static async open(till: Partial<Client> = {}, changes: readonly Change[] = [], services?: HostServices): Promise<BackchannelWorld> {
    const all = [...backchannelChanges(till), ...changes];
    const world = new BackchannelWorld(await ServiceUnderTest.open(all, ['ES256'], 'default', services));
    await world.account('alice');
    return world;
  }

  /** Makes an account with the subject `id-of-<username>`. */
  async account(username: string, enabled = true): Promise<void> {
    const made = {
      profile: PROFILE,
      id: `id-of-${username}`,
      username,
      attributes: { name: 'A' },
      enabled,
      createdAt: 0,
      passwordHash: null,
    };
    await this.service.stores.accounts.create([made]);
  }

  /** @param parameters over a request that means alice; an empty one is left out */
  ask(parameters: Parameters = {}, client = 'till'): Promise<OAuthResponse> {
    const form = { scope: 'openid read', login_hint: 'alice', client_id: client, client_secret: SECRET, ...parameters };
    return this.service.post(BACKCHANNEL, form);
  }

  /** The `auth_req_id` of a request that is taken. */
  async asked(parameters: Parameters = {}, client = 'till'): Promise<string> {
    const response = await this.ask(parameters, client);
    const id = jsonOf(response)['auth_req_id'];
    if (typeof id !== 'string') throw new Error(`not taken: ${response.status} ${response.body ?? ''}`);
    return id;
  }

  poll(authReqId: string, parameters: Parameters = {}, client = 'till'): Promise<OAuthResponse> {
    const form = { grant_type: CIBA, auth_req_id: authReqId, client_id: client, client_secret: SECRET, ...parameters };
    return this.service.post(TOKEN, form);
  }

  /** Ids of the requests that wait for somebody. */
  async waiting(subject = 'id-of-alice'): Promise<readonly string[]> {
    const found = await this.service.stores.polled.pendingOf(PROFILE, subject);
    return found.map(({ data }) => (JSON.parse(data) as { id: string }).id);
  }

  /** Tells what alice has decided on the only request that waits for her. */
  async decide(decision: 'approve' | 'deny', parameters: Parameters = {}, client = 'bank'): Promise<OAuthResponse> {
    const [id = 'none'] = await this.waiting();
    const form = { request_id: id, sub: 'id-of-alice', decision, client_id: client, client_secret: SECRET, ...parameters };
    return this.service.post(DECISION, form);
  }
}
