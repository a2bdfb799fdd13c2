import type { Client } from '../../../api/shapes.ts';

/** What a dry run of a flow takes beside where it runs; the rest would be refused, or make no difference. */
export interface Takes {
  /** What the client should be allowed, to be chosen unless told; null where any will do. */
  readonly capability: Client['capabilities'][number] | null;
  readonly client: boolean;
  readonly person: boolean;
  /** Whether a presented token may be looked up. */
  readonly token: boolean;
  /** Whose scopes there are to choose from: the client's, or all of the profile, which a token may have; null where nothing looks at them. */
  readonly scopes: 'client' | 'token' | null;
  /** What further data are called; null where nothing looks at them. */
  readonly data: string | null;
  /** What it means that there are none, where that can be tried. */
  readonly withoutData: string | null;
  /** Metadata of a client that registers. RFC 7591 section 2. */
  readonly metadata: boolean;
  /** Form parameters that change something, to be suggested; null where there is no form. */
  readonly form: readonly string[] | null;
}

const USUAL: Takes = {
  ...{ capability: null, client: true, person: true, token: false, scopes: 'client' },
  ...{ data: null, withoutData: null, metadata: false, form: [] },
};
const LOOKS_AT_TOKEN: Takes = {
  ...USUAL,
  ...{
    capability: 'introspection',
    scopes: 'token',
    token: true,
    data: 'Claims of the token',
    withoutData: 'The token is not active',
    form: ['token_type_hint'],
  },
};
const ISSUES: Takes = { ...USUAL, data: 'Claims about the person', form: ['resource', 'scope'] };
const EXCHANGES: Takes = {
  ...ISSUES,
  ...{ capability: 'token-exchange', token: true, data: 'Claims of the token that is exchanged' },
  form: ['resource', 'audience', 'scope', 'requested_token_type', 'subject_token_type', 'actor_token'],
};
const AUTHORIZES: Takes = { ...ISSUES, form: ['response_type', 'state', 'nonce', 'scope'] };
const REGISTERS: Takes = { ...USUAL, client: false, person: false, scopes: null, metadata: true, form: null };

/** By the ids of flows. */
export const TAKES: Readonly<Record<string, Takes>> = {
  'oauth-introspect': LOOKS_AT_TOKEN,
  'oauth-introspect-application-jwt': LOOKS_AT_TOKEN,
  'oauth-forward-auth': LOOKS_AT_TOKEN,
  'oauth-token-validation': LOOKS_AT_TOKEN,
  'oauth-token-client-credentials': {
    ...{ ...USUAL, capability: 'client-credentials', person: false },
    form: ['resource', 'audience', 'scope'],
  },
  'oauth-token-authorization-code': { ...ISSUES, capability: 'authorization-code' },
  'oauth-token-device-code': { ...ISSUES, capability: 'device-authorization' },
  'oauth-token-refresh': { ...ISSUES, capability: 'refresh-token', token: true, data: 'Data of the refresh token' },
  'oauth-token-assertion': { ...ISSUES, capability: 'assertion', data: 'Claims of the assertion' },
  'oauth-token-resource-owner-password-credentials': { ...ISSUES, capability: 'password' },
  'oauth-token-backchannel-authentication': { ...ISSUES, capability: 'backchannel-authentication' },
  'oauth-token-oauth-token-exchange': { ...EXCHANGES, withoutData: 'Only the procedure can judge the token' },
  'oauth-token-token-exchange': EXCHANGES,
  'oauth-authorize-authorization-code': { ...AUTHORIZES, capability: 'authorization-code' },
  'oauth-authorize-implicit': { ...AUTHORIZES, capability: 'implicit' },
  'openid-authorize-hybrid': { ...AUTHORIZES, capability: 'hybrid' },
  'oauth-backchannel-authentication': {
    ...{ ...ISSUES, capability: 'backchannel-authentication' },
    form: ['binding_message', 'acr_values', 'requested_expiry'],
  },
  'oauth-device-authorization': { ...USUAL, capability: 'device-authorization', person: false, form: ['scope'] },
  'openid-userinfo': { ...ISSUES, capability: 'authorization-code', token: true },
  'oauth-revoke': {
    ...{ ...LOOKS_AT_TOKEN, capability: null, scopes: null },
    ...{ data: 'Of the token: sub, purpose, delegationId', withoutData: 'Nobody knows the token' },
  },
  'oauth-dynamic-client-registration-pre-processing': REGISTERS,
  'oauth-dynamic-client-registration-post-processing': REGISTERS,
};

/** @param flow one that is not known takes what most do */
export function takenBy(flow: string): Takes {
  return TAKES[flow] ?? USUAL;
}
