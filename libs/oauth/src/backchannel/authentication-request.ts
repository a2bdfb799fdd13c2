import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { requestedResources, resourceTarget } from '../token/resource-target.ts';
import { grantedScopes } from '../token/scope.ts';
import { parameter, parameters, type Form } from '../transport/form.ts';
import { requireBindingMessage } from './binding-message.ts';

/** Ways to say who is to be asked. OpenID Connect CIBA section 7.1. */
export const HINTS = ['login_hint_token', 'id_token_hint', 'login_hint'] as const;
export type HintKind = (typeof HINTS)[number];

/** Whom the client means, as it says it. */
export interface Hint {
  readonly kind: HintKind;
  readonly value: string;
}

/** What a client asks to have a person asked. OpenID Connect CIBA section 7.1. */
export interface AuthenticationRequest {
  readonly client: RegisteredClient;
  readonly hint: Hint;
  readonly scopes: readonly string[];
  /** RFC 8707. */
  readonly resources: readonly string[];
  /** What both devices show; null for nothing. */
  readonly bindingMessage: string | null;
  /** In the order of preference. */
  readonly acrValues: readonly string[];
  /** Seconds that the request should live; null where the client leaves it to the service. */
  readonly requestedExpiry: number | null;
}

/** Without it a request is none of OpenID Connect. Section 7.1. */
const OPENID = 'openid';
const LONGEST_HINT = 8192;
const LONGEST_ACR_VALUES = 1024;

/**
 * Checks all of a request that needs no lookup.
 *
 * @throws OAuthError as section 13 words it
 */
export function authenticationRequest(form: Form, client: RegisteredClient, { profile }: Route): AuthenticationRequest {
  const hint = hintOf(form);
  const scopes = scopesOf(form, client);
  const resources = requestedResources(parameters(form, 'resource'), client, profile);
  // What could never be redeemed is not asked anybody.
  resourceTarget(resources, scopes, client, profile);
  const message = parameter(form, 'binding_message');
  return {
    ...{ client, hint, scopes, resources },
    bindingMessage: message === undefined ? null : requireBindingMessage(message),
    acrValues: acrValuesOf(parameter(form, 'acr_values') ?? ''),
    requestedExpiry: requestedExpiry(form),
  };
}

/** There must be one, and one alone: two could mean two people. */
function hintOf(form: Form): Hint {
  const [first, ...more] = HINTS.flatMap((kind) => {
    const value = parameter(form, kind);
    return value === undefined ? [] : [{ kind, value }];
  });
  if (first === undefined || more.length > 0) throw new OAuthError('invalid_request', `Send exactly one of ${HINTS.join(', ')}.`);
  if (first.value.length > LONGEST_HINT) throw new OAuthError('invalid_request', `The ${first.kind} is too long.`);
  return first;
}

function scopesOf(form: Form, client: RegisteredClient): readonly string[] {
  const text = parameter(form, 'scope');
  if (text === undefined) throw new OAuthError('invalid_request', 'The scope parameter is missing.');
  const scopes = grantedScopes(text, client);
  if (!scopes.includes(OPENID)) throw new OAuthError('invalid_scope', `The scope must contain ${OPENID}.`);
  return scopes;
}

function acrValuesOf(text: string): readonly string[] {
  if (text.length > LONGEST_ACR_VALUES) throw new OAuthError('invalid_request', 'The acr_values are too long.');
  return text.split(' ').filter((value) => value !== '');
}

function requestedExpiry(form: Form): number | null {
  const text = parameter(form, 'requested_expiry');
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new OAuthError('invalid_request', 'The requested_expiry must be a positive number of seconds.');
  return Number(text);
}
