import type { Endpoint } from '../../api/shapes.ts';
import { objectOf, wordsOf } from '../../components/draft.ts';

export type EndpointKind = Endpoint['kind'];

/** All kinds with what each is for; the compiler sees to it that none is missing. */
export const KINDS = {
  'oauth-token': 'tokens, for all grants',
  'oauth-introspect': 'introspection: what a token says, as JSON or phantom token',
  'oauth-revoke': 'revocation of tokens by clients',
  'oauth-forward-auth': 'decisions for reverse proxies, request by request',
  'oauth-token-validation': 'token validation for gateways that send the token alone',
  'oauth-revocation-events': 'revocations as a stream, for gateways that cache',
  'oauth-authorize': 'authorization: people sign in and consent',
  'oauth-pushed-authorization': 'authorization requests sent ahead by clients',
  'oauth-backchannel-authentication': 'sign-in started by a client on another device (CIBA)',
  'oauth-backchannel-decision': 'decisions of your own app about such sign-ins',
  'oauth-device-authorization': 'sign-in of devices by a code',
  'oauth-userinfo': 'claims of the person a token is of',
  'oauth-end-session': 'signing out',
  'oauth-dynamic-client-registration': 'clients that register themselves',
  'user-pages': 'pages on which people sign in',
} as const satisfies Readonly<Record<EndpointKind, string>>;

/** Texts as they are typed, and as JSON all members that have no field. */
export interface EndpointDraft {
  readonly id: string;
  readonly kind: EndpointKind;
  readonly path: string;
  readonly enabled: boolean;
  readonly advertised: 'yes' | 'no' | 'unless-another';
  /** Words. */
  readonly deployedTo: string;
  readonly others: string;
}

/** The member of the address that names it, as faults of the service have it. */
export const NAME = '/endpoint';
const OTHERS = '/others';
const SETTINGS = [
  'revocationLag',
  'forwardAuth',
  'tokenValidation',
  'deviceAuthorization',
  'userPages',
  'backchannelAuthentication',
  'registration',
] as const satisfies readonly (keyof Endpoint)[];
const MEMBERS = ['kind', 'path', 'enabled', 'advertised', 'deployedTo'] as const satisfies readonly (keyof Endpoint)[];
export const OTHER_POINTERS = [OTHERS, ...SETTINGS.map((name) => `/${name}`)];
export const FIELDS = [NAME, ...MEMBERS.map((name) => `/${name}`), ...OTHER_POINTERS];

export const EMPTY: EndpointDraft = {
  id: '',
  kind: 'oauth-introspect',
  path: '/',
  enabled: true,
  advertised: 'unless-another',
  deployedTo: 'default',
  others: '{}',
};

export function draftOf(endpoint: Endpoint): EndpointDraft {
  const { id, kind, path, enabled, advertised, deployedTo } = endpoint;
  return {
    id,
    kind,
    path,
    enabled,
    advertised: advertised ? 'yes' : 'no',
    deployedTo: deployedTo.join(' '),
    others: JSON.stringify(settingsOf(endpoint), null, 2),
  };
}

/** Those that go with its kind. */
export function settingsOf(endpoint: Endpoint): Readonly<Record<string, unknown>> {
  const caches = endpoint.kind === 'oauth-introspect' || endpoint.kind === 'oauth-forward-auth';
  return Object.fromEntries(
    SETTINGS.filter((name) => endpoint[name] !== null || (name === 'revocationLag' && caches)).map((name) => [name, endpoint[name]]),
  );
}

/** The body of a request. @throws ApiError when the JSON cannot be read */
export function bodyOf({ kind, path, enabled, advertised, deployedTo, others }: EndpointDraft): Readonly<Record<string, unknown>> {
  return {
    ...objectOf(others, OTHERS, MEMBERS),
    kind,
    path: path.trim(),
    enabled,
    ...(advertised === 'unless-another' ? {} : { advertised: advertised === 'yes' }),
    deployedTo: wordsOf(deployedTo),
  };
}
