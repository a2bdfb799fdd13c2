import type { Client, NewClient } from '../../api/shapes.ts';
import { objectOf, wholeNumberOf, wordsOf } from '../../components/draft.ts';

export type Capability = Client['capabilities'][number];
export type TokenFormat = NonNullable<Client['accessTokenFormat']>;
type Body = Omit<NewClient, 'id' | 'secret'>;

/** All that a client may do; the compiler sees to it that none is missing. */
const CAPABILITIES = {
  'client-credentials': true,
  'authorization-code': true,
  'device-authorization': true,
  'refresh-token': true,
  'token-exchange': true,
  assertion: true,
  password: true,
  implicit: true,
  hybrid: true,
  'authorization-none': true,
  'backchannel-authentication': true,
  'backchannel-decision': true,
  introspection: true,
} as const satisfies Readonly<Record<Capability, true>>;
export const ALL_CAPABILITIES = Object.keys(CAPABILITIES) as readonly Capability[];

/** What a form holds of a client: texts as they are typed, and as JSON all members that have no field. */
export interface ClientDraft {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly capabilities: readonly Capability[];
  /** One a line. */
  readonly scopes: string;
  readonly audiences: string;
  readonly accessTokenFormat: TokenFormat | '';
  readonly accessTokenLifetime: string;
  readonly others: string;
}

/** Pointers of the members that have fields of their own. */
export const FIELDS = [
  '/name',
  '/description',
  '/enabled',
  '/capabilities',
  '/scopes',
  '/audiences',
  '/accessTokenFormat',
  '/accessTokenLifetime',
] as const;

/** Those that are written as JSON. */
const OTHERS = [
  'authentication',
  'authorizationCode',
  'openId',
  'refreshTokens',
  'delegationLifetime',
  'tokenExchange',
  'backchannelAuthentication',
  'introspection',
  'resources',
  'boundAccessTokens',
  'properties',
] as const satisfies readonly Exclude<keyof Client, 'profile' | 'id' | 'secrets' | 'origin'>[];
/** The field for the JSON itself: no member has this name. */
const JSON_FIELD = '/others';
export const OTHER_POINTERS = [JSON_FIELD, ...OTHERS.map((name) => `/${name}`)];

export const EMPTY: ClientDraft = {
  name: '',
  description: '',
  enabled: true,
  capabilities: [],
  scopes: '',
  audiences: '',
  accessTokenFormat: '',
  accessTokenLifetime: '',
  others: '{}',
};

export function draftOf(client: Client): ClientDraft {
  const { name, description, enabled, capabilities, scopes, audiences, accessTokenFormat, accessTokenLifetime } = client;
  return {
    name,
    description,
    enabled,
    capabilities,
    scopes: scopes.join('\n'),
    audiences: audiences.join('\n'),
    accessTokenFormat: accessTokenFormat ?? '',
    accessTokenLifetime: accessTokenLifetime === null ? '' : String(accessTokenLifetime),
    others: JSON.stringify(Object.fromEntries(OTHERS.map((member) => [member, client[member]])), null, 2),
  };
}

/** The body of a request. What is wrong with it otherwise the service says. @throws ApiError when the JSON or a number cannot be read */
export function bodyOf(draft: ClientDraft): Body {
  const { name, description, enabled, capabilities, accessTokenFormat } = draft;
  return {
    ...objectOf(
      draft.others,
      JSON_FIELD,
      FIELDS.map((pointer) => pointer.slice(1)),
    ),
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    description: description.trim(),
    enabled,
    capabilities: [...capabilities],
    scopes: wordsOf(draft.scopes),
    audiences: wordsOf(draft.audiences),
    accessTokenFormat: accessTokenFormat === '' ? null : accessTokenFormat,
    accessTokenLifetime: wholeNumberOf(draft.accessTokenLifetime, '/accessTokenLifetime'),
  };
}
