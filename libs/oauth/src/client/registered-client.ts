import { SECRET_METHODS, type ClientAuthenticationMethod } from '../configuration/client-authentication-settings.ts';
import { sectorOf } from '../configuration/openid-rules.ts';
import type { AccessTokenFormat, Client, ClientCapability, Profile } from '../configuration/entities.ts';
import { DEFAULT_UNKNOWN_TOKENS_PER_MINUTE, type IntrospectionFormat, type IntrospectionPolicy } from '../configuration/client-settings.ts';
import { DEFAULT_OPENID, type OpenIdSettings } from '../configuration/openid-settings.ts';
import { DEFAULT_TOKEN_EXCHANGE, type TokenExchangeSettings } from '../configuration/token-exchange-settings.ts';
import type { ClientView } from '../procedures/host-calls.ts';

/** A client with the profile's defaults applied. */
export class RegisteredClient {
  readonly id: string;
  /** How it may authenticate. */
  readonly methods: ReadonlySet<ClientAuthenticationMethod>;
  readonly policy: IntrospectionPolicy;
  readonly formats: ReadonlySet<IntrospectionFormat>;
  /** Tokens that nobody knows which it may present in a minute, from each address. */
  readonly unknownTokensPerMinute: number;
  readonly accessTokenLifetime: number;
  readonly accessTokenFormat: AccessTokenFormat;
  /** Seconds. */
  readonly delegationLifetime: number;
  /** Seconds. */
  readonly idTokenLifetime: number;
  /** How its refresh tokens are, with the profile's defaults applied. */
  readonly refreshTokens: { readonly lifetime: number; readonly rotation: boolean; readonly grace: number };
  readonly scopes: ReadonlySet<string>;
  readonly tokenExchange: TokenExchangeSettings;
  readonly openId: OpenIdSettings;
  /** Whom its pairwise subjects are shared with; null for a client that is told subjects as they are. OpenID Connect Core section 8.1. */
  readonly sector: string | null;
  /** `aud` of its tokens: a string when single. */
  readonly audience: string | readonly string[];
  #viewText: string | undefined;

  constructor(
    readonly client: Client,
    profile: Profile,
  ) {
    this.id = client.id;
    this.methods = new Set(client.authentication?.methods ?? SECRET_METHODS);
    const onlyIntrospects = client.capabilities.length === 1 && client.capabilities[0] === 'introspection';
    this.policy = client.introspection.policy ?? (onlyIntrospects ? 'any' : 'own');
    this.formats = new Set(client.introspection.formats ?? (onlyIntrospects ? ['json', 'jwt', 'signed'] : ['json']));
    this.unknownTokensPerMinute = client.introspection.unknownTokensPerMinute ?? DEFAULT_UNKNOWN_TOKENS_PER_MINUTE;
    this.accessTokenLifetime = Math.min(
      client.accessTokenLifetime ?? profile.defaults.accessTokenLifetime,
      profile.defaults.maximumTokenLifetime,
    );
    this.accessTokenFormat = client.accessTokenFormat ?? profile.defaults.accessTokenFormat;
    const { refreshTokenLifetime, refreshTokenGrace, delegationLifetime, idTokenLifetime } = profile.defaults;
    this.idTokenLifetime = idTokenLifetime;
    this.delegationLifetime = client.delegationLifetime ?? delegationLifetime;
    const { lifetime = null, rotation = true, grace = null } = client.refreshTokens ?? {};
    this.refreshTokens = { lifetime: lifetime ?? refreshTokenLifetime, rotation, grace: grace ?? refreshTokenGrace };
    this.scopes = new Set(client.scopes);
    this.tokenExchange = client.tokenExchange ?? DEFAULT_TOKEN_EXCHANGE;
    this.openId = client.openId ?? DEFAULT_OPENID;
    this.sector = sectorOf(client);
    const [first, ...more] = client.audiences;
    this.audience = first === undefined ? client.id : more.length === 0 ? first : client.audiences;
  }

  may(capability: ClientCapability): boolean {
    return this.client.capabilities.includes(capability);
  }

  /** JSON text of what procedures see: never its secrets. */
  get viewText(): string {
    return (this.#viewText ??= JSON.stringify({
      id: this.client.id,
      name: this.client.name,
      description: this.client.description,
      properties: this.client.properties,
      audiences: this.client.audiences,
      accessTokenTimeToLive: this.accessTokenLifetime,
      idTokenTimeToLive: this.idTokenLifetime,
      delegationTimeToLive: this.delegationLifetime,
      scopes: this.client.scopes,
      capabilities: this.client.capabilities,
    } satisfies ClientView));
  }
}
