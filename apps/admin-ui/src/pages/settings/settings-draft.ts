import type { NewProfile, Profile } from '../../api/shapes.ts';
import { listOf, objectOf, wholeNumberOf, wordsOf } from '../../components/draft.ts';
import { scopesBodyOf, scopesDraftOf, type ScopeDraft } from './scopes-draft.ts';

export type Capability = Profile['capabilities'][number];
export type TokenFormat = Profile['defaults']['accessTokenFormat'];

/** All that a profile can do, and whether a new one does; the compiler sees to it that none is missing. */
const CAPABILITIES = {
  'client-credentials': true,
  'authorization-code': true,
  'device-authorization': true,
  'refresh-token': true,
  'token-exchange': true,
  assertion: true,
  password: false,
  implicit: false,
  hybrid: false,
  'authorization-none': false,
  'backchannel-authentication': false,
  'backchannel-decision': false,
  introspection: true,
  revocation: true,
} as const satisfies Readonly<Record<Capability, boolean>>;
export const ALL_CAPABILITIES = Object.keys(CAPABILITIES) as readonly Capability[];

/** Seconds that clients have when they say nothing else: a label, and what it is about. */
export const LIFETIMES = {
  accessTokenLifetime: ['Lifetime of access tokens', 'When the client says nothing else. Empty for 600.'],
  maximumTokenLifetime: ['Longest lifetime of access tokens', 'Whatever a procedure asks for. Empty for 86400.'],
  refreshTokenLifetime: ['Refresh tokens may lie unused for', 'Empty for 1209600, two weeks.'],
  delegationLifetime: ['People are asked again after', 'However often tokens were refreshed. Empty for 7776000, 90 days.'],
  idTokenLifetime: ['Lifetime of id tokens', 'Empty for 600.'],
  refreshTokenGrace: ['Grace of refreshes', 'A lost answer is given again for so long; 0 for never. Empty for 30.'],
} as const satisfies Readonly<Partial<Record<keyof Profile['defaults'], readonly [label: string, hint: string]>>>;
export type Lifetime = keyof typeof LIFETIMES;
export const ALL_LIFETIMES = Object.keys(LIFETIMES) as readonly Lifetime[];

/** What has no fields of its own and is written as JSON: a list or an object, and what it is. */
export const PARTS = {
  trustedIssuers: ['list', 'Trusted issuers', 'Other services whose JWTs may be exchanged or are assertions here. RFC 8693, RFC 7523.'],
  upstreamProviders: ['object', 'Upstream providers', 'Other OpenID providers by which people sign in, by name.'],
  resources: ['object', 'Resources', 'APIs that tokens can be asked for by their URI. RFC 8707.'],
  authenticationContexts: [
    'nullable',
    'Authentication contexts',
    'How sure it may be who somebody is, acr. Empty for one way, a password.',
  ],
  registrationTemplates: [
    'object',
    'Registration templates',
    'Defaults and ceilings of clients that register themselves, by id. RFC 7591.',
  ],
} as const satisfies Readonly<
  Partial<Record<keyof Profile, readonly [shape: 'list' | 'object' | 'nullable', label: string, hint: string]>>
>;
export type Part = keyof typeof PARTS;
export const ALL_PARTS = Object.keys(PARTS) as readonly Part[];

/** Texts as they are typed. */
export interface SettingsDraft {
  readonly id: string;
  readonly issuer: string;
  readonly capabilities: readonly Capability[];
  readonly lifetimes: Readonly<Record<Lifetime, string>>;
  readonly accessTokenFormat: TokenFormat;
  readonly dpopNonces: boolean;
  readonly anyAudience: boolean;
  /** One a line. */
  readonly allowedAudiences: string;
  readonly scopes: readonly ScopeDraft[];
  readonly parts: Readonly<Record<Part, string>>;
}

/** The member of the address that names it, as faults of the service have it. */
export const NAME = '/profile';
export const FIELDS = [
  ...[NAME, '/issuer', '/capabilities', '/allowedAudiences', '/scopes'],
  ...ALL_LIFETIMES.map((name) => `/defaults/${name}`),
  ...['/defaults/accessTokenFormat', '/defaults/dpopNonces'],
  ...ALL_PARTS.map((name) => `/${name}`),
];

export const EMPTY: SettingsDraft = {
  id: '',
  issuer: '',
  capabilities: ALL_CAPABILITIES.filter((capability) => CAPABILITIES[capability]),
  lifetimes: membersOf(ALL_LIFETIMES, () => ''),
  accessTokenFormat: 'opaque',
  dpopNonces: false,
  anyAudience: true,
  allowedAudiences: '',
  scopes: [],
  parts: membersOf(ALL_PARTS, () => ''),
};

export function draftOf(profile: Profile): SettingsDraft {
  const { id, issuer, capabilities, defaults, allowedAudiences, scopes } = profile;
  return {
    ...{ id, issuer, capabilities, scopes: scopesDraftOf(scopes) },
    lifetimes: membersOf(ALL_LIFETIMES, (name) => String(defaults[name])),
    ...{ accessTokenFormat: defaults.accessTokenFormat, dpopNonces: defaults.dpopNonces },
    ...{ anyAudience: allowedAudiences === null, allowedAudiences: allowedAudiences?.join('\n') ?? '' },
    parts: membersOf(ALL_PARTS, (name) => (profile[name] === null ? '' : JSON.stringify(profile[name], null, 2))),
  };
}

/** The body of a request; what is empty is what it usually is. @throws ApiError when JSON, a number or a scope cannot be read */
export function bodyOf(draft: SettingsDraft): NewProfile {
  const { issuer, capabilities, accessTokenFormat, dpopNonces, anyAudience, allowedAudiences } = draft;
  const seconds = ALL_LIFETIMES.map((name) => [name, wholeNumberOf(draft.lifetimes[name], `/defaults/${name}`)] as const);
  return {
    issuer: issuer.trim(),
    capabilities: [...capabilities],
    defaults: { accessTokenFormat, dpopNonces, ...Object.fromEntries(seconds.filter(([, value]) => value !== null)) },
    allowedAudiences: anyAudience ? null : wordsOf(allowedAudiences),
    scopes: scopesBodyOf(draft.scopes),
    ...membersOf(ALL_PARTS, (name) => partOf(name, draft.parts[name])),
  };
}

function partOf(name: Part, text: string): never {
  const [shape] = PARTS[name];
  if (shape === 'list') return listOf(text, `/${name}`) as never;
  if (shape === 'nullable' && text.trim() === '') return null as never;
  return objectOf(text, `/${name}`) as never;
}

function membersOf<N extends string, T>(names: readonly N[], valueOf: (name: N) => T): Record<N, T> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<N, T>;
}
