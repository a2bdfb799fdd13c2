import { randomBytes } from 'node:crypto';
import { put, type Change } from '../configuration/configuration.ts';
import type { Client, Profile } from '../configuration/entities.ts';
import type { DelegationView } from '../procedures/host-calls.ts';
import type { NewToken } from '../stores.ts';
import { TOKEN_TYPE } from '../token/exchange/token-types.ts';
import { mintOpaqueToken } from '../token/opaque-token.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';
import { aRequest, clientOf, ISSUER, jsonOf, PROFILE, profileOf, SECRET, ServiceUnderTest, TOKEN } from './service-builder.ts';

export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const CAPABILITIES = ['client-credentials', 'token-exchange', 'introspection', 'revocation'] as const;

/** A token of alice, as its client got it some time ago. */
export interface AliceToken {
  readonly value: string;
  readonly delegationId: string;
}

/** What of alice's token differs from the usual. */
export interface AliceTokenParts {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly client?: string;
  readonly lifetime?: number;
  readonly delegationLifetime?: number;
  readonly purpose?: NewToken['purpose'];
  readonly view?: Partial<DelegationView>;
}

/** For specs: alice's app, an agent that she lets act for her, and the tools `tool-a` and `tool-b`; all may exchange tokens. */
export class ExchangeWorld {
  private constructor(readonly service: ServiceUnderTest) {}

  static async open(profile: Partial<Profile> = {}, agent: Partial<Client> = {}, changes: readonly Change[] = []): Promise<ExchangeWorld> {
    const exchanging = (id: string, members: Partial<Client> = {}) =>
      put('client', clientOf(id, { capabilities: ['client-credentials', 'token-exchange'], ...members }));
    return new ExchangeWorld(
      await ServiceUnderTest.open([
        put('profile', profileOf({ capabilities: CAPABILITIES, ...profile })),
        exchanging('app'),
        exchanging('agent', agent),
        exchanging('tool-a'),
        exchanging('tool-b'),
        ...changes,
      ]),
    );
  }

  /** Issued to the app, for the agent: good for reading and writing. */
  async token(parts: AliceTokenParts = {}): Promise<AliceToken> {
    const { claims = {}, client = 'app', lifetime = 600, delegationLifetime = 3600, purpose = 'access_token', view = {} } = parts;
    const { now, stores } = this.service;
    const id = randomBytes(16).toString('base64url');
    const shown: DelegationView = { id, clientId: client, owner: 'alice', scope: 'read write', ...view };
    const { key, value } = mintOpaqueToken(purpose, now + delegationLifetime);
    const times = { iat: now, nbf: now, exp: now + lifetime };
    const data = { purpose, delegationId: id, iss: ISSUER, sub: 'alice', aud: 'agent', scope: 'read write', ...times, ...claims };
    const common = { profile: PROFILE, clientId: client };
    const [outcome] = await stores.tokens.commit([
      {
        ...{ at: now, requires: [], claim: null },
        effects: [
          {
            effect: 'delegation',
            delegation: {
              ...{ ...common, id, owner: shown.owner, scope: shown.scope, view: JSON.stringify(shown) },
              ...{ createdAt: now, expiresAt: now + delegationLifetime },
            },
          },
          {
            effect: 'token',
            token: {
              ...{ ...common, key, purpose, form: 'opaque', subject: data.sub, delegationId: id },
              ...{ data: JSON.stringify(data), issuedAt: now, expiresAt: Math.min(data.exp, now + delegationLifetime) },
            },
          },
        ],
      },
    ]);
    if (outcome !== 'committed') throw new Error(`the token was not stored: ${outcome ?? ''}`);
    return { value, delegationId: id };
  }

  /** @param form over a subject token that is an access token; a list repeats its parameter */
  exchange(
    client: string,
    form: Readonly<Record<string, string | readonly string[]>>,
    request: Partial<OAuthRequest> = {},
  ): Promise<OAuthResponse> {
    const all = { grant_type: EXCHANGE, subject_token_type: TOKEN_TYPE.accessToken, client_id: client, client_secret: SECRET, ...form };
    const pairs = Object.entries(all).flatMap(([name, value]) => [value].flat().map((each) => [name, each] as [string, string]));
    return this.service.handle(aRequest(TOKEN, new URLSearchParams(pairs).toString(), request));
  }

  /** The answer of an exchange that succeeds. */
  async exchanged(
    client: string,
    token: string,
    form: Readonly<Record<string, string | readonly string[]>> = {},
  ): Promise<Record<string, string>> {
    const response = await this.exchange(client, { subject_token: token, ...form });
    if (response.status !== 200) throw new Error(`${response.status} ${response.body ?? ''}`);
    return jsonOf(response) as Record<string, string>;
  }

  /** What a gateway learns of a token. */
  async introspected(token: string | undefined): Promise<Record<string, unknown>> {
    return jsonOf(await this.service.introspect(token ?? ''));
  }
}

/** Status and `error` of a refusal. */
export function refusal(response: OAuthResponse): readonly [status: number, error: unknown] {
  return [response.status, jsonOf(response)['error']];
}
