import { put, type Change } from '../configuration/configuration.ts';
import { PROFILE_CAPABILITIES, type Client, type Profile } from '../configuration/entities.ts';
import { DEVICE_CODE_GRANT_TYPE } from '../device/device-grant.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';
import { BrowserOfASpec } from './browser-of-a-spec.ts';
import { locationOf, PagesWorld } from './pages-world.ts';
import { clientOf, endpointOf, jsonOf, profileOf, TOKEN, type ServiceUnderTest } from './service-builder.ts';

export const DEVICE_AUTHORIZATION = '/device-authorization';
const SCOPES = { openid: {}, offline_access: {}, read: { description: 'Read <b>all</b>' }, write: {} };
const RESOURCES = { 'https://orders.example': { audience: null, scopes: ['read'], accessTokenFormat: null, accessTokenLifetime: null } };

/** What a device is told. RFC 8628 section 3.2. */
export interface DeviceAnswer {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
}

export interface DeviceWorldMembers {
  readonly client?: Partial<Client>;
  readonly profile?: Partial<Profile>;
  readonly changes?: readonly Change[];
}

/** A public client `tv` without a browser, pages with an account `alice`, and a browser in which she signs in. */
export class DeviceWorld {
  private constructor(readonly at: PagesWorld) {}

  static async open({ client, profile, changes = [] }: DeviceWorldMembers = {}): Promise<DeviceWorld> {
    const at = await PagesWorld.open();
    const authentication = { methods: ['none'], jwks: null, jwksUri: null, certificateSubject: null, certificates: [] } as const;
    await at.world.change(
      put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES, scopes: SCOPES, resources: RESOURCES, ...profile })),
      put(
        'client',
        clientOf('tv', {
          ...{
            name: 'The <TV>',
            capabilities: ['device-authorization', 'refresh-token'],
            scopes: ['openid', 'offline_access', 'read', 'write'],
          },
          ...{ secrets: [], authentication, ...client },
        }),
      ),
      put('endpoint', endpointOf('oauth-device-authorization', DEVICE_AUTHORIZATION)),
      ...changes,
    );
    return new DeviceWorld(at);
  }

  get world(): ServiceUnderTest {
    return this.at.world;
  }

  get browser(): BrowserOfASpec {
    return this.at.browser;
  }

  /** What the device authorization endpoint answers to `tv`. */
  request(form: Readonly<Record<string, string>> = {}, headers: OAuthRequest['headers'] = {}): Promise<OAuthResponse> {
    return this.world.post(DEVICE_AUTHORIZATION, { client_id: 'tv', ...form }, headers);
  }

  /** What a device was told that has asked. @throws Error when it was refused */
  async ask(form: Readonly<Record<string, string>> = {}, headers: OAuthRequest['headers'] = {}): Promise<DeviceAnswer> {
    const response = await this.request(form, headers);
    if (response.status !== 200) throw new Error(`refused: ${response.status} ${response.body ?? ''}`);
    return jsonOf(response) as unknown as DeviceAnswer;
  }

  poll(code: string, form: Readonly<Record<string, string>> = {}, headers: OAuthRequest['headers'] = {}): Promise<OAuthResponse> {
    return this.world.post(TOKEN, { grant_type: DEVICE_CODE_GRANT_TYPE, client_id: 'tv', device_code: code, ...form }, headers);
  }

  /** The page for a code that was typed, by somebody who is signed in; or what came instead of it. */
  async enter(code: string, by = this.browser): Promise<OAuthResponse> {
    const entered = await by.submit(await by.get('/people/device'), '/device', { user_code: code });
    return entered.status === 303 ? by.get(`${locationOf(entered).pathname}${locationOf(entered).search}`) : entered;
  }

  /** Presses a button of the page on which the person decides; the page after it. */
  async decide(page: OAuthResponse, fields: Readonly<Record<string, string>>, by = this.browser): Promise<OAuthResponse> {
    const decided = await by.submit(page, '/device/confirm', fields);
    return decided.status === 303 ? by.get(`${locationOf(decided).pathname}${locationOf(decided).search}`) : decided;
  }

  /** Alice signs in and allows a device that has just asked; what it was told. */
  async allowed(form: Readonly<Record<string, string>> = {}, headers: OAuthRequest['headers'] = {}): Promise<DeviceAnswer> {
    const answer = await this.ask(form, headers);
    if ((await this.at.whoIs()) === null) await this.at.signIn();
    const end = await this.decide(await this.enter(answer.user_code), { decision: 'allow' });
    if (end.status !== 200) throw new Error(`not allowed: ${end.status} ${end.body ?? ''}`);
    return answer;
  }

  /** Another browser, without cookies. */
  anotherBrowser(): BrowserOfASpec {
    return new BrowserOfASpec(this.world);
  }
}

/** The status of a refusal and its code. */
export function refusalOf(response: OAuthResponse): readonly unknown[] {
  return [response.status, jsonOf(response)['error']];
}
