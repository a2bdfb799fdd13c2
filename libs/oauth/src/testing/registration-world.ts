import { put, type Change } from '../configuration/configuration.ts';
import type { Profile } from '../configuration/entities.ts';
import type { RegistrationSettings, RegistrationTemplate } from '../configuration/registration-settings.ts';
import { newInitialAccessToken } from '../registration/initial-access-tokens.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { aRequest, endpointOf, jsonOf, PROFILE, profileOf, ServiceUnderTest } from './service-builder.ts';

export const REGISTRATION = '/register';

export function templateOf(members: Partial<RegistrationTemplate> = {}): RegistrationTemplate {
  return {
    capabilities: ['authorization-code', 'refresh-token', 'client-credentials'],
    ...{ scopes: ['read', 'write'], defaultScopes: null, audiences: [], resources: null },
    authenticationMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    ...{ accessTokenLifetime: null, refreshTokenLifetime: null, delegationLifetime: null, boundAccessTokens: null },
    ...{ consent: true, pushedRequestsOnly: false, redirectHosts: null, webOrigins: [], properties: {}, metadataProperties: [] },
    ...{ maximumClients: 100, clientLifetime: null, secretLifetime: null, rotateSecretOnUpdate: false, secretOverlap: 60 },
    ...members,
  };
}

export function registrationOf(members: Partial<RegistrationSettings> = {}): RegistrationSettings {
  return {
    ...{ template: 'apps', templates: [], access: ['anyone'], accessTokenScope: null },
    ...{ softwareStatements: [], softwareStatementRequired: false, perMinute: 1000 },
    ...members,
  };
}

export const CODE_CLIENT = { redirect_uris: ['https://app.example/callback'] };

/** A service at which clients can register. */
export class RegistrationWorld {
  private constructor(readonly service: ServiceUnderTest) {}

  static async open(
    settings: Partial<RegistrationSettings> = {},
    templates: Profile['registrationTemplates'] = { apps: templateOf() },
    profile: Partial<Profile> = {},
    changes: readonly Change[] = [],
  ): Promise<RegistrationWorld> {
    const service = await ServiceUnderTest.open([
      put(
        'profile',
        profileOf({
          capabilities: ['client-credentials', 'authorization-code', 'refresh-token', 'token-exchange', 'introspection', 'revocation'],
          ...profile,
          registrationTemplates: templates,
        }),
      ),
      put('endpoint', endpointOf('oauth-dynamic-client-registration', REGISTRATION, { registration: registrationOf(settings) })),
      ...changes,
    ]);
    return new RegistrationWorld(service);
  }

  /** The template `apps` becomes another. */
  async retemplate(members: Partial<RegistrationTemplate>): Promise<void> {
    const { profile } = this.service.snapshot.profiles.get(PROFILE)!;
    await this.service.change(put('profile', { ...profile, registrationTemplates: { apps: templateOf(members) } }));
  }

  register(metadata: unknown, bearer?: string, address = '192.0.2.1'): Promise<OAuthResponse> {
    return this.send('POST', REGISTRATION, metadata, bearer, address);
  }

  send(method: string, path: string, body?: unknown, bearer?: string, address = '192.0.2.1'): Promise<OAuthResponse> {
    const headers = {
      'content-type': 'application/json',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    };
    const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
    return this.service.handle({ ...aRequest(path, text, { headers, clientIpAddress: address }), method, headers });
  }

  /** What a registration answers; throws when it is refused. */
  async registered(metadata: unknown, bearer?: string): Promise<Readonly<Record<string, unknown>> & Registered> {
    const response = await this.register(metadata, bearer);
    if (response.status !== 201) throw new Error(`not registered: ${response.status} ${response.body ?? ''}`);
    return jsonOf(response) as Readonly<Record<string, unknown>> & Registered;
  }

  /** The value of an initial access token. */
  async initialToken(
    members: { readonly maximumUses?: number; readonly template?: string; readonly expiresAt?: number } = {},
  ): Promise<string> {
    const { token, value } = newInitialAccessToken({
      ...{ profile: PROFILE, endpoint: 'oauth-dynamic-client-registration', template: null, note: '', maximumUses: 1 },
      ...{ createdAt: this.service.now, createdBy: 'admin', expiresAt: this.service.now + 3600 },
      ...members,
    });
    await this.service.stores.dynamicClients.createToken(token, []);
    return value;
  }

  clientCredentials(client: Registered, form: Readonly<Record<string, string>> = {}): Promise<OAuthResponse> {
    return this.service.post('/token', {
      ...{ grant_type: 'client_credentials', client_id: client.client_id, client_secret: client.client_secret },
      ...form,
    });
  }
}

export interface Registered {
  readonly client_id: string;
  readonly client_secret: string;
  readonly registration_access_token: string;
  readonly registration_client_uri: string;
}
