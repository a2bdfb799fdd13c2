import type {
  AccessTokenFormat,
  Client,
  ClientCapability,
  IntrospectionFormat,
  IntrospectionPolicy,
  Profile,
} from '../configuration/entities.ts';
import type { ClientView } from '../procedures/host-calls.ts';

/** A client with the profile's defaults applied. */
export class RegisteredClient {
  readonly id: string;
  readonly policy: IntrospectionPolicy;
  readonly formats: ReadonlySet<IntrospectionFormat>;
  readonly accessTokenLifetime: number;
  readonly accessTokenFormat: AccessTokenFormat;
  readonly scopes: ReadonlySet<string>;
  /** `aud` of its tokens: a string when single. */
  readonly audience: string | readonly string[];
  #viewText: string | undefined;

  constructor(
    readonly client: Client,
    profile: Profile,
  ) {
    this.id = client.id;
    const onlyIntrospects = client.capabilities.length === 1 && client.capabilities[0] === 'introspection';
    this.policy = client.introspection.policy ?? (onlyIntrospects ? 'any' : 'own');
    this.formats = new Set(client.introspection.formats ?? (onlyIntrospects ? ['json', 'jwt', 'signed'] : ['json']));
    this.accessTokenLifetime = Math.min(
      client.accessTokenLifetime ?? profile.defaults.accessTokenLifetime,
      profile.defaults.maximumTokenLifetime,
    );
    this.accessTokenFormat = client.accessTokenFormat ?? profile.defaults.accessTokenFormat;
    this.scopes = new Set(client.scopes);
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
      idTokenTimeToLive: null,
      delegationTimeToLive: null,
      scopes: this.client.scopes,
      capabilities: this.client.capabilities,
    } satisfies ClientView));
  }
}
