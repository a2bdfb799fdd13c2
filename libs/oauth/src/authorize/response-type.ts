import type { ClientCapability } from '../configuration/entities.ts';
import type { FlowId } from '../procedures/flows.ts';

/** What an authorization request is to give. OAuth 2.0 Multiple Response Type Encoding Practices, sections 3 and 5. */
export interface ResponseType {
  /** As metadata names it. */
  readonly name: string;
  readonly code: boolean;
  /** An access token. */
  readonly token: boolean;
  readonly idToken: boolean;
  /** What profile and client need for it. */
  readonly capability: ClientCapability & ('authorization-code' | 'implicit' | 'hybrid' | 'authorization-none');
  /** Null where nothing is given, and so no procedure has anything to decide. */
  readonly flow: FlowId | null;
}

/** How parameters get back to the client. OAuth 2.0 Multiple Response Types section 2.1, OAuth 2.0 Form Post Response Mode. */
export type ResponseMode = 'query' | 'fragment' | 'form_post';

const CODE = {
  code: true,
  token: false,
  idToken: false,
  capability: 'authorization-code',
  flow: 'oauth-authorize-authorization-code',
} as const;
const IMPLICIT = { code: false, capability: 'implicit', flow: 'oauth-authorize-implicit' } as const;
const HYBRID = { code: true, capability: 'hybrid', flow: 'openid-authorize-hybrid' } as const;

export const RESPONSE_TYPES: readonly ResponseType[] = [
  { name: 'code', ...CODE },
  { name: 'token', ...IMPLICIT, token: true, idToken: false },
  { name: 'id_token', ...IMPLICIT, token: false, idToken: true },
  { name: 'id_token token', ...IMPLICIT, token: true, idToken: true },
  { name: 'code id_token', ...HYBRID, token: false, idToken: true },
  { name: 'code token', ...HYBRID, token: true, idToken: false },
  { name: 'code id_token token', ...HYBRID, token: true, idToken: true },
  { name: 'none', code: false, token: false, idToken: false, capability: 'authorization-none', flow: null },
];

/** Those by which people are sent to a client: each needs a redirect URI. */
export const AUTHORIZING_CAPABILITIES: readonly ResponseType['capability'][] = [
  'authorization-code',
  'implicit',
  'hybrid',
  'authorization-none',
];

/** The response type of a parameter, whose words may stand in any order; undefined for none that is known. RFC 6749 section 3.1.1. */
export function responseTypeOf(text: string | undefined): ResponseType | undefined {
  const named = text?.split(' ').sort().join(' ');
  return RESPONSE_TYPES.find(({ name }) => name === named);
}

/**
 * The modes that a response may come back by; the first is the one where none is asked for. What opens something by itself must not stand
 * in a query, which servers, logs and referrers see. OAuth 2.0 Multiple Response Types, section 3 and 5.
 */
export function responseModes(type: Pick<ResponseType, 'token' | 'idToken'>): readonly [ResponseMode, ...ResponseMode[]] {
  return type.token || type.idToken ? ['fragment', 'form_post'] : ['query', 'form_post'];
}
